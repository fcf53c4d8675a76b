import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Cores } from '../../machine/cores.ts';
import { compileFloor } from './compile.ts';

const execute = promisify(execFile);

/** A run of which more than this part was lost does not count. */
const MOST_LOST = 0.001;

export interface FloorLoad {
  viewers: number;
  packetsPerPicture: number;
  /** Of one RTP packet with its header, before it is protected: up to 1500. */
  bytes: number;
  /** How long it counts; half a second of warming up, or less, comes before. */
  seconds: number;
  /** The sender is held to the relay's core, what takes the packets in to that of the load. */
  cores: Cores;
  /** 30 pictures a second, as the load that relays carry, in place of as much as the core can do. */
  paced?: boolean;
  /** Of the AES key. */
  keyBits?: 128 | 256;
  /** Ends the run early, with an error. */
  signal?: AbortSignal;
}

export interface FloorRun {
  /** Sent while it counted. */
  packets: number;
  /** In which they were sent. */
  seconds: number;
  /** The sender's, in the kernel and outside, without the drain's. */
  cpuSeconds: number;
  packetsPerCpuSecond: number;
  /** Of all packets, those before it counted too. */
  lost: number;
  /** Whether so little was lost that the figures can be used. */
  counts: boolean;
}

const outputSchema = z.object({
  packets: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  sent: z.number(),
  drained: z.number(),
});

/**
 * What one core of this machine can do at most when every packet is protected for its viewer and sent by a call of
 * its own, in C, with nothing around it.
 *
 * The figure to divide by is that of the saturated run, the default: a floor has to be what no relay can get below,
 * whatever its load. Paced like the relays, the same program gets up to a tenth less out of a second of CPU, since
 * it wakes up with cold caches thirty times a second. So do relays, and dividing by that figure would hide it.
 * Packets are protected by AES-128-GCM unless told otherwise. libdatachannel agrees with mediasoup and with Janus on
 * AES-256-GCM, which is a few percent dearer at most: the shorter key is the stricter floor.
 *
 * The time is that of the sender's process, by the same clock of the kernel's that control groups count by.
 *
 * @throws Error when there is no C compiler, or no headers of OpenSSL
 */
export async function runFloor({
  viewers,
  packetsPerPicture,
  bytes,
  seconds,
  cores,
  paced = false,
  keyBits = 128,
  signal,
}: FloorLoad): Promise<FloorRun> {
  const floor = await compileFloor();
  const load = [viewers, packetsPerPicture, bytes, seconds, paced ? 'paced' : 'saturated', keyBits];
  const held = [cores.relay ?? -1, cores.load ?? -1];
  const { stdout } = await execute(floor, ['run', ...load, ...held].map(String), { signal });
  const { sent, drained, ...measured } = outputSchema.parse(JSON.parse(stdout));
  const lost = sent - drained;
  return {
    ...measured,
    packetsPerCpuSecond: measured.packets / measured.cpuSeconds,
    lost,
    counts: lost <= sent * MOST_LOST,
  };
}
