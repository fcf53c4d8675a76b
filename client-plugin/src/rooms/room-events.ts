import type { Audience, MeshliftError, RoomMode, SwitchFailure } from '@meshlift/protocol';
import type { SwitchQuestion, SwitchReport } from '../lift/lifted-room.ts';
import type { UplinkUse } from '../lift/uplink.ts';
import type { Participant } from './participant.ts';
import type { RosterEvents } from './roster.ts';

/** `reconnecting`: signaling is away; media and chat go on. `ended`: over, with an error unless this page left. */
export type RoomStay = 'joined' | 'reconnecting' | 'ended';

export interface RoomEvents extends RosterEvents {
  state: { state: RoomStay; error?: MeshliftError };
  /**
   * Somebody else is the host now, which may be this page: see `Room.host`. Undefined while nobody is: a host who left
   * is waited for, and then the one who has been there longest acts as host.
   */
  host: { participantId: string | undefined };
  locked: boolean;
  /**
   * A switch to this mode has begun, and nothing has moved yet. Once it is through with `sfu`, the relay of
   * this host name can see and hear the room.
   */
  switching: { mode: RoomMode; relay: string };
  /** This page's media travels another way now; it says how long each picture stood still. */
  modechange: SwitchReport;
  /** The server moves the room to the relay, or has done so, and no host's page has said that it may: see `Room`. */
  unconfirmed: boolean;
  /** Whether the room's mode follows what its participants measure. */
  auto: boolean;
  /** What this page sends to the relay for has changed: see `Room.uplink`. */
  uplink: UplinkUse;
  /** Media does not get to the relay or from it; undefined when it does again. See `Room.relayError`. */
  relayerror: MeshliftError | undefined;
  /** Somebody else is speaking now, or nobody is any more. */
  speaker: Participant | undefined;
  /**
   * The audience outside the room has changed. While `wanted` is true, what this page publishes goes to the
   * relay, whatever the room's mode. Undefined: there is no stream any more.
   */
  audience: Audience | undefined;
  /** A switch was called off: these could not follow. The room is as it was. */
  switchfailed: SwitchFailure[];
  /** To hosts: not everybody follows a switch. See `decideSwitch`. */
  switchstuck: SwitchQuestion;
}
