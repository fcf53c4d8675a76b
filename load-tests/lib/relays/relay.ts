import type { ProcessGroup } from '../machine/process-group.ts';

/** How a publisher's media gets in. */
export type Ingest =
  | { kind: 'whip'; url: string; key: string }
  /** RTP in the clear; requests for key frames come back to `rtcpPort` of the one who sends. */
  | { kind: 'rtp'; host: string; port: number; rtcpPort: number };

/** How viewers get in. It is handed to other processes: plain data. */
export type Door =
  | { kind: 'whep'; url: string }
  /** The socket.io messages that the plugin speaks. */
  | { kind: 'plugin'; server: string; streamId: string }
  | { kind: 'janus'; url: string; mountpoint: number };

export interface RelayOptions {
  /** The core that all its processes are held to; any, when left out. */
  core?: number | undefined;
  /** mediasoup's workers. Default 1. */
  workers?: number;
}

/** A media server that is measured, from its start to its stop. It carries one stream. */
export interface RelayUnderTest {
  readonly name: string;
  /** All its processes. */
  readonly group: ProcessGroup;
  readonly ingest: Ingest;
  /** The ways for viewers, the one to compare by first. */
  readonly doors: readonly [Door, ...Door[]];
  /** Sends nothing any more, and leaves nothing behind. */
  stop(): Promise<void>;
}
