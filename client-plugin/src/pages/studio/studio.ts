import { Broadcast } from './broadcast.ts';
import { LocalSource } from './local-source.ts';
import type { MediaKind, Source } from './source.ts';

/** What the studio page shows and does: one source, and the stream it goes into. Emits `change`. */
export class Studio extends EventTarget {
  readonly broadcast = new Broadcast();
  readonly local: LocalSource;

  /** @param wanted the source that the address asks for, if any */
  constructor(wanted: string | null) {
    super();
    this.local = new LocalSource([this.broadcast.resumable?.source, wanted]);
    for (const part of [this.local, this.broadcast]) {
      part.addEventListener('change', () => {
        this.local.taker = this.broadcast.publication && this;
        this.dispatchEvent(new Event('change'));
      });
    }
  }

  /** Opens what may be opened without a click, and comes back to the stream a reload interrupted. */
  async begin(): Promise<void> {
    const resuming = this.broadcast.resumable !== undefined;
    const { local } = this;
    if (!(resuming && local.kind === 'camera') && !(await local.mayOpen())) return;
    if (resuming) await this.goLive();
    else await local.open();
  }

  async goLive(): Promise<void> {
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
