import { BlockList, isIP } from 'node:net';

/** Addresses that lead back to whoever uses them, or to nobody: a browser that is told one reaches no server. */
const nowhere = new BlockList();
nowhere.addSubnet('0.0.0.0', 8);
nowhere.addSubnet('127.0.0.0', 8);
nowhere.addSubnet('169.254.0.0', 16);
nowhere.addSubnet('224.0.0.0', 3);
nowhere.addAddress('::', 'ipv6');
nowhere.addAddress('::1', 'ipv6');
nowhere.addSubnet('fe80::', 10, 'ipv6');
nowhere.addSubnet('ff00::', 8, 'ipv6');

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether browsers on other machines may reach a server by this IP address or host name. */
export function canBeAnnounced(text: string): boolean {
  const version = isIP(text);
  if (version > 0) return !text.includes('%') && !nowhere.check(text, version === 4 ? 'ipv4' : 'ipv6');
  const labels = text.split('.');
  const last = labels.at(-1) ?? '';
  // What ends in a number is an address with a mistake in it, for host names do not (RFC 1123, section 2.1).
  return (
    text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^(?:\d+|localhost)$/i.test(last)
  );
}

/**
 * What to tell whoever starts a server in a container without an announced address: the container's own addresses
 * are found, which on most networks only the machine it runs on can reach.
 */
export function unaskedAddress(
  { announcedAddresses }: { announcedAddresses: readonly string[] },
  // The image sets it, as engines and systemd do.
  { container }: NodeJS.ProcessEnv,
): string | undefined {
  if (announcedAddresses.length > 0 || !container) return undefined;
  return (
    'This is a container, and its own addresses are announced. Unless it shares the network of its machine, ' +
    'set MESHLIFT_ANNOUNCED_ADDRESS to the address that browsers reach the machine by, or a name that leads to it.'
  );
}
