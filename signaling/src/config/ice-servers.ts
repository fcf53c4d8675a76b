import { createHmac, randomBytes } from 'node:crypto';
import type { IceServer } from '@meshlift/protocol';

/** How long a TURN credential that is made here can be used, in ms. */
export const TURN_CREDENTIALS_FOR_MS = 60 * 60_000;

/** How often those who stay connected are given new ones, in ms: none that a client holds is about to run out. */
export const RENEW_TURN_EVERY_MS = TURN_CREDENTIALS_FOR_MS / 2;

/** What the configuration says of them. */
interface IceServerConfig {
  readonly iceServers: readonly IceServer[];
  /** What TURN servers without a password of their own share with this server. */
  readonly turnSecret: string | undefined;
}

/** A TURN server's URI (RFC 7065, section 3.1). */
const isTurn = (uri: string) => /^turns?:/i.test(uri);

const hasTurn = ({ urls }: IceServer) => [urls].flat().some(isTurn);

/** TURN servers that are in the configuration without a password of their own. */
export const wantsCredentials = (server: IceServer) => hasTurn(server) && server.credential === undefined;

/** Whether a TURN password stands in the configuration, which everybody who asks this server then gets. */
export const givesPasswordsAway = ({ iceServers }: Pick<IceServerConfig, 'iceServers'>) =>
  iceServers.some((server) => hasTurn(server) && server.credential !== undefined);

/**
 * The STUN and TURN servers to tell one client of. For TURN servers that share a secret with this one, with a name
 * and a password made for it, which are good for an hour: when the name runs out, a colon and a random pseudonym;
 * and the HMAC-SHA1 of that (draft-uberti-behave-turn-rest-00, section 2.2). Nothing is kept of them.
 */
export function iceServersFor({ iceServers, turnSecret }: IceServerConfig): IceServer[] {
  if (turnSecret === undefined) return [...iceServers];
  return iceServers.flatMap((server): IceServer | IceServer[] => {
    if (!wantsCredentials(server)) return server;
    const urls = [server.urls].flat();
    const stun = urls.filter((uri) => !isTurn(uri));
    const turn = { urls: urls.filter(isTurn), ...credentialsBy(turnSecret) };
    return stun.length > 0 ? [{ urls: stun }, turn] : turn;
  });
}

function credentialsBy(secret: string): Required<Pick<IceServer, 'username' | 'credential'>> {
  const expiry = Math.floor((Date.now() + TURN_CREDENTIALS_FOR_MS) / 1_000);
  const username = `${expiry}:${randomBytes(9).toString('base64url')}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
