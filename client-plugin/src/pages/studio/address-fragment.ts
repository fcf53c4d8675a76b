/**
 * What the part of an address behind its `#` says, as in `#room=kitchen&password=...`. Browsers send it to
 * nobody (RFC 3986, section 3.5). Undefined for what it does not say.
 */
export function inFragment(fragment: string, name: string): string | undefined {
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const [key, ...value] = part.split('=');
    if (key === name && value.join('=') !== '') return decoded(value.join('='));
  }
  return undefined;
}

/**
 * Whether the address is that of a room with a password, without naming it: `#room=kitchen&password`. Who comes by it
 * must type one, since without a password that name is another room's.
 */
export function isPasswordWanted(fragment: string): boolean {
  return fragment.replace(/^#/, '').split('&').includes('password');
}

/** What stands behind the `#` of a room with a password. */
export const hiddenRoom = (room: string): string => `#room=${encodeURIComponent(room)}&password`;

/** A password that came with the page's address. */
export interface TakenPassword {
  password: string;
  /** It stood in front of the `#`, and so was sent to the server with the request for the page. */
  sent: boolean;
}

/**
 * Takes the password out of the page's address, so that neither the history nor somebody who looks at it learns it,
 * nor any request that the page makes. One behind the `#` counts before one in front of it.
 */
export function takePasswordFromAddress(): TakenPassword | undefined {
  const query = new URLSearchParams(location.search);
  const sent = query.get('password');
  const hidden = inFragment(location.hash, 'password');
  if (sent === null && hidden === undefined) return undefined;
  query.delete('password');
  const search = query.size > 0 ? `?${query}` : '';
  const room = inFragment(location.hash, 'room');
  const rest = room === undefined ? '' : hiddenRoom(room);
  history.replaceState(history.state, '', location.pathname + search + rest);
  const password = hidden ?? sent;
  return password ? { password, sent: hidden === undefined } : undefined;
}

/** Moves the room's name behind the `#`: the server is not to learn it from a reload. */
export function hideRoomName(room: string): void {
  const query = new URLSearchParams(location.search);
  query.delete('room');
  const search = query.size > 0 ? `?${query}` : '';
  history.replaceState(history.state, '', location.pathname + search + hiddenRoom(room));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
