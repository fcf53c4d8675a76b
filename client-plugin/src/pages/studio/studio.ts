import { Broadcast } from './broadcast.ts';
import { EncoderBroadcast } from './encoder-broadcast.ts';
import { LocalSource } from './local-source.ts';
import type { MediaKind, Source, SourceChoice } from './source.ts';

/**
 * What the studio page shows and does: one source, and the stream it goes into; or a stream that an encoder
 * sends. Emits `change`.
 */
export class Studio extends EventTarget {
  readonly broadcast = new Broadcast();
  readonly encoder = new EncoderBroadcast();
  readonly local: LocalSource;
  readonly #encoderWanted: boolean;

  /** @param wanted the source that the address asks for, if any */
  constructor(wanted: string | null) {
    super();
    this.local = new LocalSource([this.broadcast.resumable?.source, wanted]);
    this.#encoderWanted = this.encoder.known || (wanted === 'encoder' && !this.broadcast.resumable);
    for (const part of [this.local, this.broadcast, this.encoder]) {
      part.addEventListener('change', () => {
        this.local.taker = this.broadcast.publication && this;
        this.dispatchEvent(new Event('change'));
      });
    }
  }

  get kind(): SourceChoice {
    return this.encoder.chosen ? 'encoder' : this.local.kind;
  }

  /** An encoder gets its stream at once; a stream that was made for one ends with another choice. */
  async choose(kind: SourceChoice): Promise<void> {
    if (kind === 'encoder') {
      this.local.close();
      await this.encoder.open();
      return;
    }
    if (this.encoder.chosen) void this.encoder.end().catch(() => undefined);
    await this.local.choose(kind);
  }

  /** Opens what may be opened without a click, and comes back to the stream a reload interrupted. */
  async begin(): Promise<void> {
    if (this.#encoderWanted) {
      await this.encoder.open();
      return;
    }
    const resuming = this.broadcast.resumable !== undefined;
    const { local } = this;
    if (!(resuming && local.kind === 'camera') && !(await local.mayOpen())) return;
    if (resuming) await this.goLive();
    else await local.open();
  }

  async goLive(): Promise<void> {
    if (this.encoder.chosen) {
      await this.encoder.open();
      return;
    }
    if (!this.local.source && !(await this.local.open())) return;
    const { source, paused } = this.local;
    if (source) await this.broadcast.start(source.stream, source.kind, paused);
  }

  async take(source: Source | undefined): Promise<void> {
    const { publication } = this.broadcast;
    if (!source || !publication) return;
    this.broadcast.setSource(source.kind);
    await Promise.all(source.stream.getTracks().map((track) => publication.replaceTrack(track)));
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.broadcast.publication?.setPaused(kind, paused);
  }
}
