import type { Words } from '../shared/error-words.ts';
import { Remembered } from '../shared/storage.ts';
import type { StreamOwnership } from './encoder/encoder-stream.ts';
import { type LostDevice, LostDevices } from './lost-devices.ts';
import { isCaptureAllowed, openSource } from './open-source.ts';
import { applyPaused, type Source } from './source.ts';
import { SourceError } from './source-error.ts';
import {
  type ChosenDevices,
  localKinds,
  type MediaKind,
  type SourceChoice,
  type SourceKind,
} from './source-kinds.ts';
import { text } from './text.ts';

/** Where a source goes while it is live: a stream, or a room. */
export interface SourceTaker {
  /** Sends this one from now on; the one before it is closed afterwards. */
  take(source: Source | undefined): Promise<void>;
  setPaused(kind: MediaKind, paused: boolean): Promise<void>;
}

/** What this page sends or would send: one source, and which of its kinds are paused. Emits `change`. */
export class LocalSource extends EventTarget {
  /** While there is one, every change goes there too. */
  taker: SourceTaker | undefined;
  readonly #preferredKind = new Remembered<SourceChoice>('browser', 'source');
  readonly #preferredDevices = new Remembered<ChosenDevices>('browser', 'devices');
  #kind: SourceChoice;
  #devices: ChosenDevices = this.#preferredDevices.load() ?? {};
  #source: Source | undefined;
  /** The attempt to open a source that counts; the ones before it were overtaken. */
  #opening: symbol | undefined;
  #trouble: Words | undefined;
  /** The camera could not be opened, and a microphone may be there all the same. */
  #offersMicrophone = false;
  readonly #lost = new LostDevices(() => this.#changed());
  readonly #paused: Set<MediaKind>;
  /** An encoder's stream from before a reload. */
  #knownEncoder: StreamOwnership | undefined;

  /**
   * @param wanted what to begin with, best first; whatever is no source is passed over
   * @param choices what there is to choose from
   * @param knownEncoder a stream that was made for an encoder before the page was loaded anew
   */
  constructor(
    wanted: readonly unknown[],
    choices: readonly SourceChoice[] = localKinds,
    paused: readonly MediaKind[] = [],
    knownEncoder?: StreamOwnership,
  ) {
    super();
    const known = [...wanted, this.#preferredKind.load()];
    const first = known.find((kind) => choices.some((choice) => choice === kind));
    this.#kind = choices.find((kind) => kind === first) ?? 'camera';
    this.#paused = new Set(paused);
    this.#knownEncoder = knownEncoder;
  }

  get kind(): SourceChoice {
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

  /** Whether the microphone could do in place of a camera that cannot be opened. */
  get offersMicrophone(): boolean {
    return this.#offersMicrophone;
  }

  /** Devices that have stopped, each with those that can take its place. */
  get lost(): readonly LostDevice[] {
    return this.#lost.list;
  }

  /** What the switch of this kind says. */
  isPaused(kind: MediaKind): boolean {
    return this.#paused.has(kind);
  }

  get paused(): MediaKind[] {
    return [...this.#paused];
  }

  /** Whether nothing of this kind is sent: a muted microphone leaves the sound of what is shared. */
  isWithheld(kind: MediaKind): boolean {
    return this.isPaused(kind) && !(kind === 'audio' && this.#source?.capture?.mixed);
  }

  has(kind: MediaKind): boolean {
    return this.#source?.stream.getTracks().some((track) => track.kind === kind) ?? false;
  }

  /** Whether it may be opened without a click and without asking anybody. */
  async mayOpen(kind = this.#kind): Promise<boolean> {
    if (kind === 'encoder') return this.#knownEncoder !== undefined;
    return (
      kind === 'test' || ((kind === 'camera' || kind === 'microphone') && (await isCaptureAllowed(kind)))
    );
  }

  async choose(kind: SourceChoice): Promise<void> {
    this.#preferredKind.save(kind);
    // What is live stays as it is until there is something to take its place.
    const live = this.taker !== undefined && kind !== 'none';
    if (!live) {
      this.close();
      this.#kind = kind;
      this.#changed();
      await this.taker?.take(undefined);
    }
    if (live || (await this.mayOpen(kind))) await this.open(kind);
  }

  /** After a click: what is chosen is opened as well. */
  async chooseAndOpen(kind: SourceKind): Promise<void> {
    await this.choose(kind);
    if (this.#kind === kind && !this.#source && !this.opening) await this.open(kind);
  }

  async chooseDevices(devices: ChosenDevices): Promise<void> {
    this.#devices = { ...this.#devices, ...devices };
    this.#preferredDevices.save(this.#devices);
    if (devices.camera) await this.reopen('video', devices.camera);
    if (devices.microphone) await this.reopen('audio', devices.microphone);
  }

  /** Captures another device in place of the one of this kind, whether that has stopped or not. */
  async reopen(kind: MediaKind, deviceId?: string): Promise<void> {
    const { capture } = this.#source ?? {};
    if (!capture) return;
    this.#trouble = undefined;
    try {
      await capture.reopen(kind, deviceId);
    } catch (error) {
      if (this.#source === capture) this.#trouble = SourceError.from(error, capture.kind).words;
    }
    this.#changed();
  }

  /** Opens a source in place of the one before it, for the others too. */
  async open(kind = this.#kind): Promise<boolean> {
    if (kind === 'none') return false;
    const turn = Symbol('opening');
    this.#opening = turn;
    this.#trouble = undefined;
    this.#offersMicrophone = false;
    this.#changed();
    const known = this.#knownEncoder;
    this.#knownEncoder = undefined;
    try {
      const source = await openSource(kind, this.#devices, known);
      // Another one has been chosen meanwhile.
      if (turn !== this.#opening) {
        source.close();
        return false;
      }
      await this.#replace(source);
      return true;
    } catch (error) {
      if (turn === this.#opening) this.#fail(SourceError.from(error, kind), kind);
      return false;
    } finally {
      if (turn === this.#opening) this.#opening = undefined;
      this.#changed();
    }
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    this.#applyPaused();
    this.#changed();
    // With signaling away nothing is sent either: only the notice to the others is late.
    await this.taker?.setPaused(kind, this.isWithheld(kind)).catch(() => undefined);
  }

  /** Lets go of the source. Repeating it changes nothing. */
  close(): void {
    this.#opening = undefined;
    this.#trouble = undefined;
    this.#offersMicrophone = false;
    this.#closeSource();
    this.#changed();
  }

  async #replace(source: Source): Promise<void> {
    const old = this.#source;
    this.#source = source;
    this.#kind = source.kind;
    this.#applyPaused();
    this.#lost.follow(undefined);
    // Devices are followed one by one.
    for (const track of source.capture ? [] : source.stream.getTracks()) {
      track.addEventListener('ended', () => this.#ended(source, source.kind));
    }
    source.follow?.(() => void this.#tracksChanged(source));
    await this.taker?.take(source);
    old?.close();
  }

  async #tracksChanged(source: Source): Promise<void> {
    if (this.#source !== source) return;
    // Of a screen that is not shared any more, and has no microphone beside it, nothing is left.
    if (source.kind === 'screen' && source.stream.getTracks().length === 0) {
      this.#ended(source, source.kind);
      return;
    }
    this.#applyPaused();
    this.#lost.follow(source.capture);
    this.#changed();
    await this.taker?.take(source).catch(() => undefined);
  }

  /** There is nothing more to come of it. */
  #ended(source: Source, kind: SourceKind): void {
    const pictures = source.stream.getVideoTracks();
    if (this.#source !== source || pictures.some((track) => track.readyState === 'live')) return;
    this.#closeSource();
    this.#trouble = text.stopped[kind];
    this.#changed();
    void this.taker?.take(undefined).catch(() => undefined);
  }

  #closeSource(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#lost.follow(undefined);
  }

  #fail({ words, reason }: SourceError, kind: SourceKind): void {
    this.#trouble = words;
    this.#offersMicrophone =
      kind === 'camera' && (reason === 'none' || reason === 'denied' || reason === 'busy');
  }

  #applyPaused(): void {
    const source = this.#source;
    if (source)
      for (const kind of ['audio', 'video'] as const) applyPaused(source, kind, this.isPaused(kind));
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
