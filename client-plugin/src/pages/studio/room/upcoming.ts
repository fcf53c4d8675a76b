import type { Participant, Room } from '../../../index.ts';

/** What this page uses of a room where the plugin has it already, and does without where it does not. */

/** A switch begins; nothing has moved yet. */
export interface SwitchBegun {
  mode: Room['mode'];
  /** The relay's host name. */
  relay: string;
}

/** The people outside who watch what this page sends. */
export interface Audience {
  links: { watchUrl: string };
  /** Whether anybody may watch. */
  allowed: boolean;
  /** Whether somebody watches or wants to. */
  wanted: boolean;
  viewers: number;
}

interface UpcomingEvents {
  switching: SwitchBegun;
  auto: unknown;
  speaker: unknown;
  audience: unknown;
}

interface UpcomingRoom {
  auto?: boolean;
  activeSpeaker?: Participant;
  audience?: Audience;
  allowAudience?(allowed: boolean): Promise<void>;
  setMode(mode: Room['mode'] | 'auto'): Promise<unknown>;
  on<N extends keyof UpcomingEvents>(name: N, listener: (event: UpcomingEvents[N]) => void): () => void;
}

const upcoming = (room: Room) => room as unknown as UpcomingRoom;

export function onUpcoming<N extends keyof UpcomingEvents>(
  room: Room,
  name: N,
  listener: (event: UpcomingEvents[N]) => void,
): void {
  upcoming(room).on(name, listener);
}

/** Undefined where a room cannot follow what is measured. */
export const autoOf = (room: Room): boolean | undefined => upcoming(room).auto;

export const setModeOf = async (room: Room, mode: Room['mode'] | 'auto'): Promise<void> => {
  await upcoming(room).setMode(mode);
};

export const speakerOf = (room: Room): Participant | undefined => upcoming(room).activeSpeaker;

export const audienceOf = (room: Room): Audience | undefined => upcoming(room).audience;

export const allowAudience = async (room: Room, allowed: boolean): Promise<void> => {
  await upcoming(room).allowAudience?.(allowed);
};
