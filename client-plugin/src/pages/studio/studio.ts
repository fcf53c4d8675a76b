import type { Words } from '../shared/error-words.ts';
import { Remembered } from '../shared/storage.ts';
import { Broadcast, type MediaKind } from './broadcast.ts';
import {
  type ChosenDevices,
  isCameraAllowed,
  openSource,
  type Source,
  type SourceKind,
  sourceKinds,
} from './source.ts';
import { SourceError } from './source-error.ts';
import { text } from './text.ts';

/** What the studio page shows and does: one source, and the stream it goes into. Emits `change`. */
export class Studio extends EventTarget {
  readonly broadcast = new Broadcast();
  readonly #preferredKind = new Remembered<SourceKind>('browser', 'source');
  readonly #preferredDevices = new Remembered<ChosenDevices>('browser', 'devices');
  #kind: SourceKind;
  #devices: ChosenDevices = this.#preferredDevices.load() ?? {};
  #source: Source | undefined;
  /** The attempt to open a source that counts; the ones before it were overtaken. */
  #opening: symbol | undefined;
  #trouble: Words | undefined;
  readonly #paused = new Set<MediaKind>();

  /** @param wanted the source that the address asks for, if any */
  constructor(wanted: string | null) {
    super();
    const known = [this.broadcast.resumable?.source, wanted, this.#preferredKind.load()];
    this.#kind = sourceKinds.find((kind) => kind === known.find(isSourceKind)) ?? 'camera';
    this.broadcast.addEventListener('change', () => this.#changed());
  }

  get kind(): SourceKind {
    return this.#kind;
  }

  get source(): Source | undefined {
    return this.#source;
  }

  get opening(): boolean {
    return this.#opening !== undefined;
  }

  /** Why the source could not be opened, or has stopped. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  get devices(): ChosenDevices {
    return this.#devices;
  }

  isPaused(kind: MediaKind): boolean {
    return this.#paused.has(kind);
  }

  has(kind: MediaKind): boolean {
    return this.#source?.stream.getTracks().some((track) => track.kind === kind) ?? false;
  }

  /** Opens what may be opened without a click, and comes back to the stream a reload interrupted. */
  async begin(): Promise<void> {
    const resuming = this.broadcast.resumable !== undefined;
    const mayOpen =
      this.#kind === 'test' || (this.#kind === 'camera' && (resuming || (await isCameraAllowed())));
    if (!mayOpen) return;
    if (resuming) await this.goLive();
    else await this.open();
  }

  async choose(kind: SourceKind): Promise<void> {
    this.#preferredKind.save(kind);
    const live = this.broadcast.publication !== undefined;
    // What is live stays as it is until there is something to take its place.
    if (!live) {
      this.#opening = undefined;
      this.#closeSource();
      this.#kind = kind;
      this.#trouble = undefined;
      this.#changed();
    }
    if (live || kind === 'test' || (kind === 'camera' && (await isCameraAllowed()))) await this.open(kind);
  }

  async chooseDevices(devices: ChosenDevices): Promise<void> {
    this.#devices = { ...this.#devices, ...devices };
    this.#preferredDevices.save(this.#devices);
    await this.open('camera');
  }

  /** Opens a source in place of the one before it, for viewers too. */
  async open(kind = this.#kind): Promise<boolean> {
    const turn = Symbol('opening');
    this.#opening = turn;
    this.#trouble = undefined;
    this.#changed();
    try {
      const source = await openSource(kind, this.#devices);
      // Another one has been chosen meanwhile.
      if (turn !== this.#opening) {
        source.close();
        return false;
      }
      await this.#replaceSource(source);
      return true;
    } catch (error) {
      if (turn === this.#opening) this.#trouble = SourceError.from(error, kind).words;
      return false;
    } finally {
      if (turn === this.#opening) this.#opening = undefined;
      this.#changed();
    }
  }

  async goLive(): Promise<void> {
    if (!this.#source && !(await this.open())) return;
    if (this.#source) await this.broadcast.start(this.#source.stream, this.#kind, [...this.#paused]);
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    this.#applyPaused();
    this.#changed();
    // With signaling away nothing is sent either: only the notice to viewers is late.
    await this.broadcast.publication?.setPaused(kind, paused).catch(() => undefined);
  }

  async #replaceSource(source: Source): Promise<void> {
    const old = this.#source;
    this.#source = source;
    this.#kind = source.kind;
    this.#applyPaused();
    for (const track of source.stream.getTracks()) {
      track.addEventListener('ended', () => this.#sourceEnded(source));
    }
    const { publication } = this.broadcast;
    if (publication) {
      this.broadcast.setSource(source.kind);
      await Promise.all(source.stream.getTracks().map((track) => publication.replaceTrack(track)));
    }
    old?.close();
  }

  /** Somebody pressed "stop sharing" in the browser's own controls, or pulled a plug. */
  #sourceEnded(source: Source): void {
    if (
      this.#source !== source ||
      source.stream.getVideoTracks().some((track) => track.readyState === 'live')
    )
      return;
    this.#closeSource();
    this.#trouble = text.stopped[source.kind];
    this.#changed();
  }

  #closeSource(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #applyPaused(): void {
    for (const track of this.#source?.stream.getTracks() ?? []) {
      track.enabled = !this.#paused.has(track.kind as MediaKind);
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function isSourceKind(value: unknown): value is SourceKind {
  return sourceKinds.some((kind) => kind === value);
}
