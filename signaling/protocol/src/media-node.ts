import type { ErrorCode } from './errors.ts';
import type { IngestReport } from './findings.ts';
import type {
  ConsumerOptions,
  DtlsParameters,
  IceParameters,
  Layers,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  TransportOptions,
} from './media.ts';

/**
 * What signaling may ask of a media node, and what a media node tells signaling. Relays and sessions are
 * named by opaque ids that signaling chooses: a media node knows no people, rooms, stream IDs or keys.
 *
 * A *relay* holds what belongs together: one stream, or all of a room. A *source* is one publisher in it. A
 * *session* is one WebRTC transport: the ingest of a source, which brings its media, or a viewer, which gets
 * the media of all sources it subscribes to. Every argument and answer survives JSON, so that the same
 * interface serves a node in this process and one across a network.
 *
 * All methods reject with a `MeshliftError`: `SESSION_NOT_FOUND` for a session that is gone,
 * `RTP_REJECTED` for parameters mediasoup refuses, `WRONG_STATE` for a request that does not fit,
 * `SERVER_FULL` and `MEDIA_FAILED` when no worker can serve.
 */
export interface MediaNode {
  /** What every router of this node can receive and send; the same for all relays. */
  readonly routerRtpCapabilities: RtpCapabilities;

  /** @param owner fences out those who owned the relay before: their orders are refused with `STALE_OWNER` */
  openRelay(relayId: string, owner?: OwnerToken): Promise<void>;
  /**
   * Closes a relay with all its sessions; no `sessionClosed` is emitted for them. Unknown ids are ignored.
   *
   * @param owner as in `openRelay`
   */
  closeRelay(relayId: string, owner?: OwnerToken): Promise<void>;

  /**
   * Opens an ingest for a source. Viewers watch one ingest of a source at a time. The one before goes on while media
   * flows from it, until the new one has its first producer, or all producers of its offer; then it is closed, with
   * `SESSION_REPLACED`. An offer also rejects with `SDP_INVALID` and `SDP_UNSUPPORTED`.
   */
  openIngest<T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>>;
  /**
   * Opens a viewer of the sources that it subscribes to. For capabilities, its consumers start paused; for an offer, all
   * of them flow as soon as it is connected, those that come later included. An offer also rejects with `SDP_INVALID`
   * and `SDP_UNSUPPORTED`.
   */
  openViewer<T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>>;
  /**
   * Takes in a fragment of SDP with ICE credentials and candidates (RFC 8840) for a session that came by an offer.
   *
   * @returns a fragment of this end's when it was an ICE restart, else `null`
   */
  exchangeIce(sessionId: string, fragment: string): Promise<string | null>;

  /** How a session is, for a process that takes it over. */
  describeSession(sessionId: string): Promise<SessionDescription>;

  connectTransport(sessionId: string, dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(sessionId: string): Promise<IceParameters>;
  /** Closes one session; no `sessionClosed` is emitted. Unknown ids are ignored. */
  closeSession(sessionId: string): Promise<void>;

  openProducer(
    sessionId: string,
    producer: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers>;
  setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void>;
  closeProducer(sessionId: string, producerId: string): Promise<void>;
  /** What arrives from an ingest that came by an offer, and what needs fixing in its encoder. */
  inspectIngest(sessionId: string): Promise<IngestReport>;
  /** The layers wanted now of each of an ingest's producers. */
  listWantedLayers(sessionId: string): Promise<WantedLayers[]>;

  /** The consumers a viewer has now, for a client that missed what happened while it was away. */
  listConsumers(sessionId: string): Promise<ConsumerOptions[]>;
  resumeConsumers(sessionId: string, consumerIds: string[]): Promise<void>;
  /** Stops consumers whose tracks nobody sees; they want no layer until they are resumed. */
  pauseConsumers(sessionId: string, consumerIds: string[]): Promise<void>;
  /** `null` leaves the choice to the bandwidth estimate. */
  setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void>;

  on<N extends keyof MediaNodeEvents>(name: N, listener: (event: MediaNodeEvents[N]) => void): void;

  /** Closes every relay and worker. */
  close(): Promise<void>;
}

/** Who gives an order, and as which of the owners that came after each other: what a claim in the directory says. */
export interface OwnerToken {
  owner: string;
  /** Each new owner has a higher one. */
  generation: number;
}

/** What a process needs to know of a session that another one has opened. */
export type SessionDescription = {
  relayId: string;
  /** This end's ICE user name, which each restart changes. */
  iceUsername: string;
} & (
  | { role: 'publisher'; sourceId: string; wantedLayers: WantedLayers[] }
  | { role: 'viewer'; consumers: ConsumerOptions[] }
);

/** A session or relay that a process has taken over, or the process that has it and is not gone. */
export type Adoption<T> = { adopted: T } | { heldBy: string };

/** A relay that has been taken over, with its publishers' sessions. */
export interface AdoptedRelay {
  ingests: {
    sessionId: string;
    sourceId: string;
    /** Whether it came by WHIP: its client has no connection that could be lost. */
    byOffer: boolean;
    flowing: boolean;
  }[];
}

/**
 * How a process takes over what another one has opened on a media node. That one must be gone, by two witnesses, or have
 * offered it.
 */
export interface MediaNodeAdoption {
  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  adopt(sessionId: string): Promise<Adoption<SessionDescription>>;
  /**
   * Takes over a relay, and the sessions of its publishers.
   *
   * @throws MeshliftError `MEDIA_FAILED` for a relay that is gone, `STALE_OWNER`
   */
  adoptRelay(relayId: string, owner?: OwnerToken): Promise<Adoption<AdoptedRelay>>;
}

/** An SDP offer (RFC 3264), which is answered in SDP. The session is connected with the answer. */
export interface SdpOffer {
  offer: string;
}

/** How an ingest is negotiated: by an offer that names its tracks, or by producers that are opened one by one. */
export type IngestTerms = SdpOffer | { offer?: never };

/** How a viewer is negotiated: by an offer, or by what it can decode. */
export type ViewerTerms = SdpOffer | { rtpCapabilities: RtpCapabilities; offer?: never };

export interface IngestRequest<T extends IngestTerms = IngestTerms> {
  relayId: string;
  /** Names the new session. */
  sessionId: string;
  sourceId: string;
  /** As in `openRelay`. */
  owner?: OwnerToken | undefined;
  terms: T;
}

export interface ViewerRequest<T extends ViewerTerms = ViewerTerms> {
  relayId: string;
  /** Names the new session. */
  sessionId: string;
  /**
   * The process whose node has the relay's ingests, where that is another one: this node then carries the relay too,
   * for as long as it has viewers.
   */
  origin?: string | undefined;
  subscription: Subscription;
  terms: T;
}

/** What a new ingest receives: an SDP answer to an offer, or what mediasoup's client builds its transport from. */
export type IngestOpened<T extends IngestTerms = IngestTerms> = T extends SdpOffer
  ? { answer: string }
  : { transport: TransportOptions };

/** What a new viewer receives. */
export type ViewerOpened<T extends ViewerTerms = ViewerTerms> = T extends SdpOffer
  ? { answer: string; consumers: ConsumerOptions[] }
  : { transport: TransportOptions; consumers: ConsumerOptions[] };

/** Which sources of its relay a viewer gets, those included that come later. */
export type Subscription = { only: string[] } | { except: string[] };

/** The spatial layers of a producer that at least one viewer may be sent; empty when nobody watches. */
export interface WantedLayers {
  producerId: string;
  spatialLayers: number[];
}

/** A path between a client and the node that never came about. */
export interface FailedPath {
  role: 'publisher' | 'viewer';
  /**
   * What stayed silent: the client, which never told its end of DTLS (`signaling`); its network, from which no
   * connectivity check has arrived (`ice`); the handshake over a path that works (`dtls`); or the media on a path that
   * is connected (`media`).
   */
  silent: 'signaling' | 'ice' | 'dtls' | 'media';
}

export interface MediaNodeEvents {
  /** Media may flow from a source (`true`), or its transport has stopped answering (`false`). */
  ingestFlow: { relayId: string; sourceId: string; flowing: boolean };
  /**
   * The node closed a session by itself: its transport never connected, was closed by the peer, or was lost, or
   * another ingest has taken its place.
   */
  sessionClosed: { sessionId: string; code: ErrorCode; failedPath?: FailedPath };
  /** A session was closed from this side after its transport had tried to connect for seconds. */
  pathAbandoned: { sessionId: string; failedPath: FailedPath };
  /**
   * A session is connected and media is expected, but none has passed for seconds: nothing arrives from a publisher
   * that sends, or nothing reaches a viewer. The session goes on.
   */
  mediaMissing: { sessionId: string; failedPath: FailedPath };
  /** After `mediaMissing`: media passes, or none is expected any more. */
  mediaPasses: { sessionId: string };
  /** The node lost a relay with all its sessions, because the worker of its origin died. */
  relayLost: { relayId: string };
  layersWanted: { sessionId: string } & WantedLayers;
  consumerOpened: { sessionId: string; consumer: ConsumerOptions };
  consumerClosed: { sessionId: string; consumerId: string };
  consumerPaused: { sessionId: string; consumerId: string; paused: boolean };
  consumerLayers: { sessionId: string; consumerId: string; layers: Layers | null };
}
