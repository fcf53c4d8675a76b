import { MeshliftError, type Publication, publish, type StreamLinks } from '../../index.ts';
import { exposeToScripts } from '../shared/page-hooks.ts';
import { isThisTabs } from '../shared/tab-lock.ts';
import { type OwnedStream, ownedStream } from './owned-stream.ts';
import type { MediaKind, SourceKind } from './source-kinds.ts';
import { StreamRecord, type StreamSummary } from './stream-record.ts';

/** After these the same stream can be taken up again from this tab. */
const RESUMABLE = new Set([
  'DISCONNECTED',
  'PROTOCOL_VERSION',
  'REQUEST_TIMEOUT',
  'TRANSPORT_TIMEOUT',
  'MEDIA_FAILED',
  'SERVER_FULL',
  'SERVER_CLOSING',
  'RATE_LIMITED',
]);

/** The stream of this tab, from going live to its end. Emits `change`. */
export class Broadcast extends EventTarget {
  #owned: OwnedStream | undefined = ownFromHere();
  #publication: Publication | undefined;
  #starting = false;
  #record = new StreamRecord(this.#owned);
  #summary: StreamSummary | undefined;
  #error: MeshliftError | undefined;

  get publication(): Publication | undefined {
    return this.#publication;
  }

  get starting(): boolean {
    return this.#starting;
  }

  /** Of the stream that ended last in this page. */
  get summary(): StreamSummary | undefined {
    return this.#summary;
  }

  /** Another stream has begun. */
  putSummaryAway(): void {
    this.#summary = undefined;
  }

  /** Why going live failed, why the stream ended by itself, or why nobody can see it. */
  get error(): MeshliftError | undefined {
    return this.#error ?? this.#publication?.mediaError;
  }

  /** The stream that waits for this tab to come back to it. */
  get resumable(): OwnedStream | undefined {
    return this.#publication ? undefined : this.#owned;
  }

  get startedAt(): number | undefined {
    return this.#publication && this.#record.kept.startedAt;
  }

  /** Goes live, with the stream this tab had before if there is one. */
  async start(stream: MediaStream, source: SourceKind, paused: readonly MediaKind[]): Promise<void> {
    if (this.#starting || this.#publication) return;
    this.#starting = true;
    this.#error = undefined;
    this.#summary = undefined;
    this.#changed();
    const { streamId, publishKey } = this.#owned ?? {};
    try {
      const publication = await publish({
        stream,
        ...(streamId !== undefined && publishKey !== undefined && { streamId, publishKey }),
      });
      this.#adopt(publication, source);
      await Promise.all(paused.map((kind) => publication.setPaused(kind, true)));
    } catch (error) {
      this.#stopped(MeshliftError.from(error));
    } finally {
      this.#starting = false;
      this.#changed();
    }
  }

  /** Ends the stream for everybody. It is over here even if the server could not be told. */
  async end(): Promise<void> {
    const publication = this.#publication;
    if (publication) this.#see(publication);
    const { summary } = this.#record;
    this.forget();
    this.#summary = summary;
    await publication?.end();
  }

  /** Starts clean: the next stream is a new one. */
  forget(): void {
    this.#publication = undefined;
    this.#error = undefined;
    this.#owned = undefined;
    this.#record = new StreamRecord();
    ownedStream.clear();
    exposeToScripts({});
    this.#changed();
  }

  #rename({ streamId }: StreamLinks): void {
    if (this.#owned) this.#remember({ ...this.#owned, streamId });
  }

  /** The source of a live stream has been replaced. */
  setSource(source: SourceKind): void {
    if (this.#owned) this.#remember({ ...this.#owned, source });
  }

  #adopt(publication: Publication, source: SourceKind): void {
    const { streamId, publishKey } = publication;
    this.#publication = publication;
    this.#remember({ streamId, publishKey, source });
    this.#see(publication);
    exposeToScripts({ publication });
    publication.on('state', ({ state, error }) => {
      if (state === 'ended' && this.#publication === publication) this.#stopped(error);
      this.#changed();
    });
    publication.on('viewers', () => {
      if (this.#publication === publication) this.#see(publication);
      this.#changed();
    });
    publication.on('mediaerror', () => this.#changed());
    publication.on('links', (links) => {
      this.#rename(links);
      this.#changed();
    });
  }

  #stopped(error: MeshliftError | undefined): void {
    const publication = this.#publication;
    this.#publication = undefined;
    this.#error = error;
    exposeToScripts({});
    if (error && RESUMABLE.has(error.code)) return;
    if (publication) {
      this.#see(publication);
      this.#summary = this.#record.summary;
    }
    this.#record = new StreamRecord();
    this.#owned = undefined;
    ownedStream.clear();
  }

  /** A duplicate of the tab that publishes begins anew: the stream stays with that one. */
  async isOwn(): Promise<boolean> {
    if (!this.#owned || (await isThisTabs(`stream:${this.#owned.streamId}`))) return true;
    this.forget();
    return false;
  }

  #remember(owned: OwnedStream): void {
    if (owned.streamId !== this.#owned?.streamId) void isThisTabs(`stream:${owned.streamId}`);
    this.#owned = owned;
    ownedStream.save(owned);
  }

  #see({ viewers }: Publication): void {
    this.#record.see(viewers);
    if (this.#owned) this.#remember({ ...this.#owned, ...this.#record.kept });
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

/** What an encoder sends is not for this page to publish. */
function ownFromHere(): OwnedStream | undefined {
  const owned = ownedStream.load();
  return owned?.source === 'encoder' ? undefined : owned;
}
