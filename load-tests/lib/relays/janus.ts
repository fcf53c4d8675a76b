import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../machine/free-port.ts';
import { findJanus, janusVersion, writeJanusConfig } from './janus-config.ts';
import { openRelay } from './open-relay.ts';
import type { RelayOptions, RelayUnderTest } from './relay.ts';
import type { ServerProcess } from './server-process.ts';

/** How long it may take to answer its first request, in ms. */
const START_WITHIN_MS = 15_000;

const LOOPBACK = '127.0.0.1';
const MOUNTPOINT = 1;

/**
 * Janus as the distribution packs it: its streaming plugin with one mountpoint that takes VP8 by RTP. What it is
 * set to is told by `writeJanusConfig`. It is no SFU in the full sense here, since nobody sends to it by WebRTC:
 * that spares it the unprotecting of 150 packets a second, which is less than a hundredth of its work.
 *
 * @param options.eventLoops 0 measures it as it comes, with a thread for each viewer
 * @throws Error when it is not installed
 */
export async function startJanus({
  core,
  eventLoops = 1,
}: RelayOptions & { eventLoops?: number } = {}): Promise<RelayUnderTest> {
  const janus = findJanus();
  if (!janus) throw new Error('Janus is not installed: apt-get install janus');
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-janus-'));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  try {
    const ports = { api: await freePort('tcp'), rtp: await freePort('udp'), rtcp: await freePort('udp') };
    writeJanusConfig(folder, janus, {
      loopback: LOOPBACK,
      address: hostAddress(),
      mountpoint: MOUNTPOINT,
      ports,
      eventLoops,
    });
    const relay = await openRelay<Pick<RelayUnderTest, 'ingest' | 'doors'>>(
      {
        name: 'janus',
        command: [janus.program, '--configs-folder', folder],
        core,
        ready: /Starting Meetecho Janus/,
      },
      async (_, server) => {
        const url = `http://${LOOPBACK}:${ports.api}/janus`;
        await answers(url, server);
        return {
          ingest: { kind: 'rtp', host: LOOPBACK, port: ports.rtp, rtcpPort: ports.rtcp },
          doors: [{ kind: 'janus', url, mountpoint: MOUNTPOINT }],
        };
      },
    );
    return { ...relay, stop: () => relay.stop().finally(clear) };
  } catch (error) {
    clear();
    throw error;
  }
}

/** Whether it can be started here. */
export function hasJanus(): boolean {
  return findJanus() !== undefined;
}

/** Which one a comparison is with, for its readers; undefined where there is none. */
export function aboutJanus(): string | undefined {
  const janus = findJanus();
  return janus && `Janus is ${janusVersion(janus)}, from the distribution’s package.`;
}

/**
 * Janus gathers no candidate on the loopback. Packets to another address of the same machine take the same way
 * through the kernel, without touching the network.
 */
function hostAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((entries = []) => entries);
  const other = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!other) throw new Error('Janus needs an IPv4 address beside the loopback, and this machine has none');
  return other.address;
}

async function answers(url: string, server: ServerProcess): Promise<void> {
  const until = performance.now() + START_WITHIN_MS;
  while (performance.now() < until) {
    const response = await fetch(`${url}/info`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await wait(50);
  }
  throw new Error(`Janus does not answer:\n${server.output}`);
}
