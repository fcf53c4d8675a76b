import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ListenAddress } from '@meshlift/sfu';
import { leadsToContainers } from './container-networks.ts';

/** More would only cost browsers time: each address becomes two ICE candidates. */
const MOST_ADDRESSES = 8;

/**
 * Where media is taken: at the address the server is bound to. Without one it is taken everywhere, in IPv6 where an
 * address of that kind is announced and this machine has any; and where none is announced, at every address of this
 * machine that another could reach, and at loopback. Its addresses in networks of containers are among them only when
 * it has no others: containers reach it by the others as well, and nobody else reaches it by those.
 *
 * @param announced the addresses that browsers are told
 */
export function mediaAddresses(
  { host, announced }: { host: string | undefined; announced: readonly string[] },
  interfaces: NodeJS.Dict<{ address: string; internal: boolean }[]> = networkInterfaces(),
): ListenAddress[] {
  if (host !== undefined && host !== '0.0.0.0' && host !== '::') return [{ ip: host }];
  const found = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  if (announced.length > 0) {
    const four = announced.some(isIPv4);
    // A name may have an address of a kind that this machine has not.
    const six = announced.some(isIPv6) && (!four || found.some(({ address }) => isIPv6(address)));
    return [...(four ? ['0.0.0.0'] : []), ...(six ? ['::'] : [])].map((ip) => ({ ip }));
  }
  const outside = Object.entries(interfaces).flatMap(([name, addresses]) =>
    leadsToContainers(name) ? [] : (addresses ?? []),
  );
  const reachable = reachableOf(outside).length > 0 ? reachableOf(outside) : reachableOf(found);
  const ordered = [...reachable.filter(isIPv4), ...reachable.filter(isIPv6)];
  return [...ordered.slice(0, MOST_ADDRESSES - 1), '127.0.0.1'].map((ip) => ({ ip }));
}

/** The addresses that are of more than this machine and one cable. */
const reachableOf = (found: readonly { address: string; internal: boolean }[]): string[] =>
  found
    .filter(({ address, internal }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);

/**
 * The addresses of those announced that lead to where media is taken.
 *
 * @throws Error when there is none, because the server is bound to an address of the other kind
 */
export function announcedOf(listening: readonly ListenAddress[], announced: readonly string[]): string[] {
  const [four, six] = [listening.some(({ ip }) => isIPv4(ip)), listening.some(({ ip }) => isIPv6(ip))];
  const fitting = announced.filter((address) => (isIPv6(address) ? six : four));
  if (announced.length === 0 || fitting.length > 0) return fitting;
  throw new Error(
    `MESHLIFT_HOST is an IPv${four ? 4 : 6} address, and MESHLIFT_ANNOUNCED_ADDRESS has none of that kind: browsers would not reach the media port.`,
  );
}
