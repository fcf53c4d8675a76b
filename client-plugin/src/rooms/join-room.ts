import { MeshliftError, type RoomModeChoice } from '@meshlift/protocol';
import { LONGEST_NAME } from '../mesh/messages.ts';
import { SignalingConnection } from '../signaling/signaling-connection.ts';
import { Room } from './room.ts';
import { roomAddress } from './room-address.ts';

export interface JoinOptions {
  /** The server's URL; the page's own origin by default. */
  server?: string;
  /** The room's name. Whoever joins under the same name, and with the same password, is in the same room. */
  room: string;
  /** How the others see this person; at most 64 characters. The server is not told. */
  name?: string;
  /** Keeps the room's name and all signals from the server. It does not leave the page. */
  password?: string;
  /** How the media of a room that this page founds travels at first; `mesh` by default. Others cannot choose. */
  mode?: RoomModeChoice;
  /** From an earlier stay as host: makes this one host again. */
  hostKey?: string;
}

/**
 * Joins a room, whose participants send sound, picture and chat to each other directly. Resolves when the
 * server has let this page in; links to the others follow.
 *
 * @throws MeshliftError `ROOM_LOCKED`, `ROOM_FULL`, `NOT_HOST` for a wrong host key, `DISCONNECTED`,
 *   `SERVER_FULL`, `BAD_REQUEST`, and `UNSUPPORTED_BROWSER` where there is no WebRTC, or no encryption for a
 *   room with a password
 */
export async function joinRoom(options: JoinOptions): Promise<Room> {
  const { server = location.origin, room, name = '', password, mode, hostKey } = options;
  if (!('RTCPeerConnection' in globalThis)) throw new MeshliftError('UNSUPPORTED_BROWSER');
  if (name.length > LONGEST_NAME) {
    throw new MeshliftError('BAD_REQUEST', `A name has at most ${LONGEST_NAME} characters.`);
  }
  const address = await roomAddress(server, room, password);
  const { connection, welcome } = await SignalingConnection.open(server);
  const joined = await Room.start(connection, welcome, { address, server, name, hostKey });
  // A room that cannot be on the relay yet is one all the same; whoever asks for its mode sees which it has.
  if (mode && joined.founded) joined.setMode(mode).catch(() => undefined);
  return joined;
}
