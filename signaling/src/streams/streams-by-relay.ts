import type { MediaNode } from '@meshlift/protocol';
import type { StreamSource } from './stream-source.ts';

/** A stream, as far as its relay matters. */
interface RelayedStream {
  readonly source: Pick<StreamSource, 'relayId' | 'sourceId'>;
  ingestFlow(flowing: boolean): void;
  relayLost(): Promise<void>;
}

interface RelayEntry {
  readonly streams: Set<RelayedStream>;
  /** The sources that media can flow from now: a stream may be offered when it flows already. */
  readonly flowing: Set<string>;
}

/**
 * The streams of each relay. What happens in a relay reaches the streams of that relay and costs nothing for all
 * others, however many there are.
 */
export class StreamsByRelay {
  readonly #byRelay = new Map<string, RelayEntry>();

  constructor(node: MediaNode) {
    node.on('ingestFlow', ({ relayId, sourceId, flowing }) => this.#setFlowing(relayId, sourceId, flowing));
    node.on('relayLost', ({ relayId }) => {
      for (const stream of this.#byRelay.get(relayId)?.streams ?? []) void stream.relayLost();
    });
  }

  add(stream: RelayedStream): void {
    const { relayId, sourceId } = stream.source;
    const { streams, flowing } = this.#entry(relayId);
    streams.add(stream);
    if (flowing.has(sourceId)) stream.ingestFlow(true);
  }

  /** Gives a stream another relay. */
  move(stream: RelayedStream, change: () => void): void {
    const isKnown = this.#byRelay.get(stream.source.relayId)?.streams.has(stream);
    this.delete(stream);
    change();
    if (isKnown) this.add(stream);
  }

  /** Repeating it changes nothing. */
  delete(stream: RelayedStream): void {
    const { relayId } = stream.source;
    this.#byRelay.get(relayId)?.streams.delete(stream);
    this.#forgetUnused(relayId);
  }

  #setFlowing(relayId: string, sourceId: string, flows: boolean): void {
    const { streams, flowing } = this.#entry(relayId);
    if (flows) flowing.add(sourceId);
    else flowing.delete(sourceId);
    for (const stream of streams) if (stream.source.sourceId === sourceId) stream.ingestFlow(flows);
    this.#forgetUnused(relayId);
  }

  #entry(relayId: string): RelayEntry {
    const known = this.#byRelay.get(relayId);
    if (known) return known;
    const entry = { streams: new Set<RelayedStream>(), flowing: new Set<string>() };
    this.#byRelay.set(relayId, entry);
    return entry;
  }

  #forgetUnused(relayId: string): void {
    const entry = this.#byRelay.get(relayId);
    if (entry && entry.streams.size === 0 && entry.flowing.size === 0) this.#byRelay.delete(relayId);
  }
}
