import type { MediaKind, MeshliftError, RoomMode, SwitchFailure, SwitchGap } from '@meshlift/protocol';
import type { Participant } from '../rooms/participant.ts';
import type { HostOrders } from './host-orders.ts';
import type { RelaySessionContext } from './relay-session.ts';
import type { OutgoingMedia } from './sending-session.ts';
import type { UplinkUse } from './uplink.ts';

/** How a switch went, as this page saw it. */
export interface SwitchReport {
  mode: RoomMode;
  epoch: number;
  /**
   * For each picture and each sound that was being played: for how many milliseconds the picture stood still,
   * and how many of the sound had to be made up. The reason is given where the sender had to stop one path
   * before it began the other.
   */
  streams: SwitchGap[];
}

/** A host is asked whether a switch goes on without those who do not follow it. */
export interface SwitchQuestion {
  epoch: number;
  /** Participants who are late, and may still come. */
  waitingFor: string[];
  /** Participants who cannot follow, and why. */
  failures: SwitchFailure[];
  /** Without a decision within so many milliseconds the room is put back. */
  decideWithinMs: number;
}

/** The direct way to everybody, whoever made it. */
export interface LiftedMesh {
  readonly media: OutgoingMedia;
  /** Participants to whom no link leads at the moment. */
  readonly unreached: string[];
  /** People with a link who are not in the room as the server knows it: a relay would not reach them. */
  readonly strangers: readonly string[];
  /** Stops sending sound and picture, or begins again, without taking a link down. */
  hold(held: boolean): Promise<void>;
  /** As `hold`, for the video alone. Without it this page always sends by both paths during a switch. */
  holdVideo?: ((held: boolean) => Promise<void>) | undefined;
  /** Statistics of all links. */
  stats(): Promise<RTCStatsReport[]>;
}

/** Who is there, and by which path each is shown. */
export interface LiftedRoster {
  readonly participants: Participant[];
  has(participantId: string): boolean;
  setRelayMedia(participantId: string, media: MediaStream | undefined): void;
  setPath(participant: Participant, kind: MediaKind, path: RoomMode): void;
  /** Shows everybody by this path from now on, those included who come later. */
  showAll(path: RoomMode): void;
}

/** What the lift needs of the room it moves, and what it tells it. */
export interface LiftedRoom extends RelaySessionContext {
  readonly mesh: LiftedMesh;
  readonly roster: LiftedRoster;
  /**
   * What hosts have decided, where the server need not be believed about it. Undefined in rooms without a password:
   * there the server reads all signals, and could take part in the mesh itself.
   */
  readonly orders?: HostOrders | undefined;
  /** A switch to this mode has begun. Nothing has moved yet. */
  switching(mode: RoomMode): void;
  /** This page is over. */
  switched(report: SwitchReport): void;
  switchFailed(failures: SwitchFailure[]): void;
  /** See `Lift.unconfirmed`. */
  unconfirmedChanged(unconfirmed: boolean): void;
  /** Whether the room follows what its participants measure has changed. */
  autoChanged(auto: boolean): void;
  /** What this page sends to the relay for has changed. */
  uplinkChanged(use: UplinkUse): void;
  /** Why media does not get to the relay or from it; undefined when it does, or none is to. */
  relayErrorChanged(error: MeshliftError | undefined): void;
}
