import { Broadcast } from './broadcast.ts';
import { EncoderBroadcast } from './encoder-broadcast.ts';
import { LocalSource } from './local-source.ts';
import type { Source } from './source.ts';
import type { MediaKind, SourceChoice } from './source-kinds.ts';

const kinds: readonly MediaKind[] = ['audio', 'video'];

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
      this.broadcast.putSummaryAway();
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
    const resuming = this.broadcast.resumable !== undefined && (await this.broadcast.isOwn());
    const { local } = this;
    if (!(resuming && (local.kind === 'camera' || local.kind === 'microphone')) && !(await local.mayOpen()))
      return;
    if (resuming) await this.goLive();
    else await local.open();
  }

  async goLive(): Promise<void> {
    if (this.encoder.chosen) {
      await this.encoder.open();
      return;
    }
    if (!this.local.source && !(await this.local.open())) return;
    const { source } = this.local;
    this.encoder.putSummaryAway();
    if (source) await this.broadcast.start(source.stream, source.kind, this.#withheld);
    // A device may have come or gone while the stream went live.
    if (source && source === this.local.source) await this.take(source);
  }

  async take(source: Source | undefined): Promise<void> {
    const { publication } = this.broadcast;
    if (!publication) return;
    if (source) this.broadcast.setSource(source.kind);
    const withheld = this.#withheld;
    await publication.replaceStream(source?.stream ?? new MediaStream());
    await Promise.all(kinds.map((kind) => publication.setPaused(kind, withheld.includes(kind))));
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.broadcast.publication?.setPaused(kind, paused);
  }

  get #withheld(): MediaKind[] {
    return kinds.filter((kind) => this.local.isWithheld(kind));
  }
}
