import { cpus } from 'node:os';
import { type Heard, hearHops } from '../../src/test-picture/hop-hearing.ts';
import { Ear } from './ear.ts';
import { type PictureSize, publishHops } from './hop-source.ts';
import type { Member } from './member.ts';
import { expect } from './patient-expect.ts';

/** As the room's: how its media travels. */
type Mode = 'mesh' | 'sfu';

/** Sound before a switch, by which the usual is known. */
const BEFORE_MS = 700;
/** Sound after everybody is over: whatever the switch has left behind shows in it. */
const AFTER_MS = 1_500;
/** About as long as a switch takes; so long is listened where nothing is switched. */
const CALM_MS = 1_500;

/** So long it may take until everybody is heard: a full machine is slow. */
const HEARD_WITHIN_MS = 60_000;

/** What one participant heard of another one. */
export interface HeardOfOne extends Heard {
  viewer: number;
  of: number;
  /** Milliseconds of sound that could not be captured. */
  lostMs: number;
}

/** What everybody saw and heard while something was done. */
export interface Witnessed {
  /** The longest time, in milliseconds, that each picture stood still; one for each viewer and each other. */
  picturesMs: number[];
  sounds: HeardOfOne[];
  /** Of all processors together, from 0 to 1. */
  load: number;
}

/** A room in which everybody sends a moving picture and a hop tone, and hears what their page plays. */
export class HeardRoom {
  readonly #people: { member: Member; ear: Ear; id: string }[] = [];

  /** Everybody joins, publishes, sees everybody else and hears them. The first one is the host. */
  static async gather(
    url: string,
    room: string,
    picture: PictureSize,
    members: readonly Member[],
  ): Promise<HeardRoom> {
    const heard = new HeardRoom();
    for (const [band, member] of members.entries()) {
      // Pages forbid captures of the screen, which ears are, and this document does not.
      await member.page.goto(`${url}/healthz`);
      await member.join(url, { room });
      await publishHops(member, band, picture);
      heard.#people.push({ member, ear: await Ear.open(member.page), id: await member.id() });
    }
    await heard.meet();
    for (const { member } of heard.#people) await member.watchGaps();
    return heard;
  }

  /** Waits until everybody sees everybody else's picture move and hears them. */
  async meet(): Promise<void> {
    for (const { member, id } of this.#people) {
      for (const other of this.#people) if (other.id !== id) await member.sees(other.id);
    }
    await expect(async () => {
      const { sounds } = await this.#witness(() => this.#hear(500));
      expect(sounds.filter(({ present }) => !present)).toEqual([]);
    }).toPass({ timeout: HEARD_WITHIN_MS });
  }

  /** Moves the room. @returns what everybody saw and heard from shortly before until everybody had gone over */
  switchTo(mode: Mode): Promise<Witnessed> {
    return this.#witness(async () => {
      await this.#hear(BEFORE_MS);
      await this.#host.switchTo(mode);
      for (const { member } of this.#people) {
        await expect.poll(() => member.run((room) => room.mode), { intervals: [50] }).toBe(mode);
      }
      await this.#hear(AFTER_MS);
    });
  }

  /** Leaves the room as it is, for about as long as a switch takes: what is found then is not a switch's. */
  stay(): Promise<Witnessed> {
    return this.#witness(() => this.#hear(BEFORE_MS + CALM_MS + AFTER_MS));
  }

  async close(): Promise<void> {
    for (const { member } of this.#people) await member.page.context().close();
  }

  get #host(): Member {
    const [host] = this.#people;
    if (!host) throw new Error('nobody came');
    return host.member;
  }

  async #hear(ms: number): Promise<void> {
    await Promise.all(this.#people.map(({ ear }) => ear.hear(ms)));
  }

  async #witness(work: () => Promise<void>): Promise<Witnessed> {
    for (const { member, ear } of this.#people) {
      await ear.begin();
      await member.takeGaps();
    }
    const before = processorTimes();
    await work();
    const after = processorTimes();
    const picturesMs: number[] = [];
    for (const { member } of this.#people) picturesMs.push(...(await member.takeGaps()));
    const sounds: HeardOfOne[] = [];
    for (const [viewer, { ear }] of this.#people.entries()) {
      const recording = await ear.take();
      for (const of of this.#people.keys()) {
        if (of === viewer) continue;
        sounds.push({ viewer, of, lostMs: recording.lostMs, ...hearHops(recording, of) });
      }
    }
    return { picturesMs, sounds, load: (after.busy - before.busy) / (after.all - before.all) };
  }
}

function processorTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times }) => times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}
