import type { types } from 'mediasoup';
import type { PortRange } from './pipe-ports.ts';

/** What a node's workers may listen on, for UDP and TCP alike. */
export interface MediaPorts {
  /** The first one; 0 lets each worker choose any. */
  first: number;
  /**
   * The last one. Each worker then takes the first port of the range that is free, so that several processes on a
   * machine can share it: the kernel decides, and nobody keeps a list.
   *
   * @default none: worker i takes `first + i` and no other
   */
  last?: number | undefined;
}

/**
 * The ports that a worker may take, in the order to try them: the one it had before its process was replaced, then
 * its own and those that follow, around the end of the range. Workers that start together so begin with different
 * ones, and together still take the first that are free.
 */
export function portsToTry({ first, last }: MediaPorts, index: number, before?: number): number[] {
  if (first === 0) return [0];
  if (last === undefined) return [first + index];
  const count = last - first + 1;
  const inOrder = Array.from({ length: count }, (_, step) => first + ((index + step) % count));
  return before ? [...new Set([before, ...inOrder])] : inOrder;
}

/** All ports that a node's workers may take; none when they may take any. */
export function rangeOf({ first, last }: MediaPorts, workers: number): PortRange | undefined {
  return first === 0 ? undefined : { min: first, max: last ?? first + workers - 1 };
}

/** One address a worker takes media on. */
export interface ListenAddress {
  /** The address to bind; `0.0.0.0` and `::` for all of their kind. */
  ip: string;
}

/** What a worker listens with. */
export interface Listening {
  webRtcServer: types.WebRtcServer;
  /** For UDP and TCP, at all addresses; 0 when the worker chose. */
  port: number;
}

/**
 * Opens the first port that is free at all addresses, for UDP and TCP. mediasoup closes what it has opened of one
 * that is not.
 *
 * @param ports in the order to try them; 0 lets the worker choose
 * @throws Error naming ports and addresses when all are in use, or at once when one cannot be opened for another reason
 */
export async function listenOnFirstFree(
  worker: types.Worker,
  ports: readonly number[],
  addresses: readonly ListenAddress[],
): Promise<Listening> {
  let inUse: unknown;
  for (const port of ports) {
    try {
      return { webRtcServer: await listen(worker, port, addresses), port };
    } catch (error) {
      // mediasoup's worker tells its reasons apart by text alone.
      const reason = /: ([\w ]+)$/.exec(error instanceof Error ? error.message : '')?.[1] ?? String(error);
      if (reason !== 'address already in use') throw cannotOpen(port, addresses, { reason, cause: error });
      inUse = error;
    }
  }
  throw allInUse(ports, addresses, inUse);
}

function listen(
  worker: types.Worker,
  port: number,
  addresses: readonly ListenAddress[],
): Promise<types.WebRtcServer> {
  const listenInfos = addresses.flatMap(({ ip }) =>
    (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip,
      // Beside 0.0.0.0 on the same port.
      ...(ip === '::' && { flags: { ipv6Only: true } }),
      ...(port ? { port } : {}),
    })),
  );
  return worker.createWebRtcServer({ listenInfos });
}

const places = (addresses: readonly ListenAddress[]) => addresses.map(({ ip }) => ip).join(', ');

function cannotOpen(
  port: number,
  addresses: readonly ListenAddress[],
  { reason, cause }: { reason: string; cause: unknown },
): Error {
  return new Error(
    `The media port${port ? ` ${port}` : ''} (UDP and TCP) cannot be opened on ${places(addresses)}: ${reason}. ` +
      'Set MESHLIFT_HOST to an address of this machine, or MESHLIFT_RTC_PORT to another port.',
    { cause },
  );
}

function allInUse(ports: readonly number[], addresses: readonly ListenAddress[], cause: unknown): Error {
  const [least, most] = [Math.min(...ports), Math.max(...ports)];
  const message =
    least === most
      ? `The media port ${least} (UDP and TCP) is in use on ${places(addresses)}. ` +
        'Set MESHLIFT_RTC_PORT to another one, or MESHLIFT_RTC_LAST_PORT to have a range to choose from.'
      : `The media ports ${least} to ${most} (UDP and TCP) are all in use on ${places(addresses)}. ` +
        'Set MESHLIFT_RTC_PORT and MESHLIFT_RTC_LAST_PORT to a range with a port for each worker on this machine.';
  return new Error(message, { cause });
}
