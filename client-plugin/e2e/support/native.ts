import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { test as base } from './fixtures.ts';

const PROGRAMS = fileURLToPath(new URL('../native', import.meta.url));

/** A Python with GStreamer, as the setup found it or where distributions have theirs. */
const python = process.env.MESHLIFT_PYTHON ?? ['/usr/bin/python3'].find((path) => existsSync(path));

/** A WHEP player on pion, as the setup built it. */
const pionPlayer = process.env.MESHLIFT_PION_PLAYER;

export const hasPion = pionPlayer !== undefined && existsSync(pionPlayer);

/** What is missing for the native programs to run here; undefined when nothing is. */
export function missingForNative(): string | undefined {
  if (!python) return 'python3 with GStreamer';
  const { status, stdout } = spawnSync(python, [`${PROGRAMS}/check.py`], { encoding: 'utf8' });
  return status === 0 ? undefined : stdout.trim().split('\n').join(', ');
}

/** A line of a native program's output: which facts there are depends on the event. */
const nativeEvent = z.looseObject({
  event: z.string(),
  state: z.optional(z.string()),
  status: z.optional(z.number()),
  codec: z.optional(z.string()),
  kind: z.optional(z.string()),
  /** How many packets of that kind came in the session. */
  packets: z.optional(z.number()),
  /** Of a player that joins again when its session ends: the number of its session, from 1. */
  session: z.optional(z.number()),
  sdp: z.optional(z.string()),
  /** The frame counter read from decoded pixels; null when the picture has none. */
  count: z.optional(z.nullable(z.number())),
  width: z.optional(z.number()),
  /** How much of what sounds is the tone of the test picture, from 0 to 1; null in silence. */
  share: z.optional(z.nullable(z.number())),
});
export type NativeEvent = z.infer<typeof nativeEvent>;

export interface BroadcastOptions {
  codec: 'vp8' | 'vp9' | 'h264';
  /** Of H.264; constrained baseline unless said otherwise. */
  profile?: 'baseline' | 'main' | 'high';
  /** Of H.264 main and high: how many stand between two other frames. */
  bFrames?: number;
  audio?: boolean;
}

/** A program outside any browser that sends or receives, by GStreamer's webrtcbin or by pion. */
export class NativeProgram {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #events: NativeEvent[] = [];
  readonly #watchers = new Set<() => void>();
  #output = '';
  #ended = false;

  static broadcast(url: string, publishKey: string, options: BroadcastOptions): NativeProgram {
    const { codec, profile = 'baseline', bFrames = 0, audio = true } = options;
    const args = ['--codec', codec, '--profile', profile, '--b-frames', String(bFrames)];
    return NativeProgram.#withGstreamer(
      'whip-broadcaster.py',
      [url, ...args, ...(audio ? [] : ['--no-audio'])],
      publishKey,
    );
  }

  /** @param codecs of video, the preferred one first */
  static view(url: string, codecs: BroadcastOptions['codec'][] = ['vp8', 'h264']): NativeProgram {
    return NativeProgram.#withGstreamer('whep-viewer.py', [url, '--codecs', codecs.join(',')]);
  }

  /** A player on pion, which joins again whenever its session ends. */
  static viewByPion(url: string): NativeProgram {
    if (!pionPlayer) throw new Error('there is no player on pion');
    return new NativeProgram(pionPlayer, [url]);
  }

  static #withGstreamer(script: string, args: string[], token?: string): NativeProgram {
    if (!python) throw new Error('there is no Python to run native programs with');
    return new NativeProgram(python, [`${PROGRAMS}/${script}`, ...args], token);
  }

  private constructor(program: string, args: string[], token?: string) {
    const env = { ...process.env, ...(token ? { BEARER_TOKEN: token } : {}) };
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface(this.#child.stdout).on('line', (line) => this.#read(line));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#child.once('close', () => {
      this.#ended = true;
      this.#tellWatchers();
    });
  }

  /** Everything the program has written, without its key. */
  get output(): string {
    return this.#output;
  }

  /**
   * Waits for an event that something can be made of, among those that came already and those to come.
   *
   * @throws when the program ends before that
   */
  until<T>(pick: (event: NativeEvent) => T | undefined): Promise<T> {
    let next = 0;
    return new Promise((resolve, reject) => {
      const look = () => {
        for (; next < this.#events.length; next++) {
          const event = this.#events[next];
          const picked = event && pick(event);
          if (picked === undefined) continue;
          this.#watchers.delete(look);
          resolve(picked);
          return;
        }
        if (!this.#ended) return;
        this.#watchers.delete(look);
        reject(new Error(`the native program ended:\n${this.#output}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  connects(): Promise<true> {
    return this.until(({ event, state }) => (event === 'connection' && state === 'connected') || undefined);
  }

  /**
   * Waits until the picture moves: its counter has been read and has then grown. Resolves with its width.
   *
   * @param by how far it must have grown, in pictures
   */
  seesMotion(by = 1): Promise<number> {
    let first: number | undefined;
    return this.until(({ event, count, width }) => {
      if (event !== 'frame' || typeof count !== 'number') return undefined;
      first ??= count;
      return count >= first + by ? width : undefined;
    });
  }

  /** Waits until this many packets of a kind have come in one session. Resolves with the number of the session. */
  receives(wanted: 'audio' | 'video', least: number, after = 0): Promise<number> {
    return this.until(({ event, kind, packets = 0, session = 0 }) =>
      event === 'received' && kind === wanted && packets >= least && session > after ? session : undefined,
    );
  }

  /** Waits until nearly all that sounds is the tone of the test picture. */
  hearsTone(): Promise<true> {
    return this.until(({ event, share }) => (event === 'sound' && (share ?? 0) > 0.9) || undefined);
  }

  /** Has it delete its session and end. Resolves with the status of that deletion. */
  async stop(): Promise<number | undefined> {
    if (!this.#ended) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'close');
    }
    return this.#events.findLast(({ event }) => event === 'deleted')?.status;
  }

  #read(line: string): void {
    this.#output += `${line}\n`;
    this.#events.push(nativeEvent.parse(JSON.parse(line)));
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const look of [...this.#watchers]) look();
  }
}

interface NativeFixtures {
  broadcast: typeof NativeProgram.broadcast;
  view: typeof NativeProgram.view;
  viewByPion: typeof NativeProgram.viewByPion;
}

/** With native programs, which end with the test. What they wrote is attached to one that failed. */
export const nativeTest = base.extend<NativeFixtures & { programs: NativeProgram[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
  programs: async ({}, use, testInfo) => {
    const programs: NativeProgram[] = [];
    await use(programs);
    for (const program of programs) await program.stop();
    if (testInfo.status === testInfo.expectedStatus) return;
    for (const [index, { output }] of programs.entries()) {
      await testInfo.attach(`native-${index}.log`, { body: output, contentType: 'text/plain' });
    }
  },
  broadcast: async ({ programs }, use) => {
    await use((...given) => {
      const program = NativeProgram.broadcast(...given);
      programs.push(program);
      return program;
    });
  },
  view: async ({ programs }, use) => {
    await use((...given) => {
      const program = NativeProgram.view(...given);
      programs.push(program);
      return program;
    });
  },
  viewByPion: async ({ programs }, use) => {
    await use((...given) => {
      const program = NativeProgram.viewByPion(...given);
      programs.push(program);
      return program;
    });
  },
});
