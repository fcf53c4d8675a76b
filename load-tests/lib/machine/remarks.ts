import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { countsExactly } from './create-process-group.ts';

const CONNTRACK = '/proc/sys/net/netfilter/nf_conntrack_count';

/** So many new ways are made to see whether the kernel counts them. */
const WAYS = 32;

/** More than this of all cores, and somebody else is at work. */
const IDLE = 0.1;

const LOOKS_FOR_MS = 1_000;

/** What a reader of figures of this machine should know, as it is just before they are measured; often nothing. */
export async function remarksOnMachine(): Promise<string[]> {
  const remarks: string[] = [];
  const busy = await busyFor(LOOKS_FOR_MS);
  if (busy > IDLE)
    remarks.push(
      `The machine was not idle: ${Math.round(busy * 100)} % of all cores were in use before anything began.`,
    );
  if (!countsExactly())
    remarks.push(
      'No control groups may be made here: time comes in steps of 10 ms and memory without what the kernel holds. As root both are exact.',
    );
  if (await followsConnections())
    remarks.push(
      'The kernel follows connections here (conntrack, for firewalls and NAT): each packet of every relay costs more.',
    );
  return remarks;
}

/** Share of all cores in use within some time, from 0 to 1. */
async function busyFor(ms: number): Promise<number> {
  const before = cpuTimes();
  await wait(ms);
  const after = cpuTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function cpuTimes(): { idle: number; all: number } {
  const all = cpus().map(({ times }) => times);
  const idle = all.reduce((total, times) => total + times.idle, 0);
  return {
    idle,
    all: all.reduce((total, { user, nice, sys, irq }) => total + user + nice + sys + irq, idle),
  };
}

/**
 * Whether the kernel keeps a record of UDP packets' ways on the loopback. Others may end meanwhile: half is enough.
 *
 * @param followed how many it follows; `undefined` where it cannot do it at all
 */
export async function followsConnections(followed: () => number | undefined = inKernel): Promise<boolean> {
  const before = followed();
  if (before === undefined) return false;
  const sockets = Array.from({ length: WAYS + 1 }, () => createSocket('udp4').bind(0, '127.0.0.1'));
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'listening')));
    const [receiver, ...senders] = sockets;
    const { port } = receiver?.address() ?? { port: 0 };
    await Promise.all(
      senders.map((sender) => new Promise((sent) => void sender.send('way', port, '127.0.0.1', sent))),
    );
    return (followed() ?? 0) - before >= WAYS / 2;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

function inKernel(): number | undefined {
  try {
    return Number(readFileSync(CONNTRACK, 'utf8'));
  } catch {
    return undefined;
  }
}
