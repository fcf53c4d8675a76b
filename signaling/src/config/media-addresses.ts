import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ListenAddress } from '@meshlift/sfu';
import type { Config } from './config.ts';

/** More would only cost browsers time: each address becomes two ICE candidates. */
const MOST_ADDRESSES = 8;

/**
 * Where media is taken and what browsers are told: the announced address if there is one; else the address
 * the server is bound to; else every address of this machine that another could reach, and loopback.
 */
export function mediaAddresses(
  config: Pick<Config, 'announcedAddress' | 'host'>,
  interfaces: NodeJS.Dict<{ address: string; internal: boolean }[]> = networkInterfaces(),
): ListenAddress[] {
  const { announcedAddress, host } = config;
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  if (announcedAddress !== undefined) return [{ ip: everywhere ? '0.0.0.0' : host, announcedAddress }];
  if (!everywhere) return [{ ip: host }];
  const reachable = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, internal }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);
  const ordered = [...reachable.filter(isIPv4), ...reachable.filter(isIPv6)];
  return [...ordered.slice(0, MOST_ADDRESSES - 1), '127.0.0.1'].map((ip) => ({ ip }));
}
