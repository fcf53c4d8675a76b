import { expect } from '@playwright/test';
import type { RoomMode } from '../../src/index.ts';
import { type Member, TONES } from './member.ts';

export const room = 'kitchen';

const people = Object.entries(TONES);

/** Everybody is in the room, publishes, and sees and hears everybody else. The first one is the host. */
export async function gather<N extends number>(
  url: string,
  newMember: () => Promise<Member>,
  count: N,
): Promise<Gathered<N>> {
  const members: Member[] = [];
  for (const [name, tone] of people.slice(0, count)) {
    const member = await newMember();
    await member.join(url, { room, name });
    await member.publish(tone);
    members.push(member);
  }
  await expectAllToMeet(members);
  return members as Gathered<N>;
}

type Gathered<N extends number> = N extends 2
  ? [Member, Member]
  : N extends 3
    ? [Member, Member, Member]
    : Member[];

/** Each of them sees all others move, and hears each by their tone. */
export async function expectAllToMeet(members: readonly Member[]): Promise<void> {
  for (const member of members) {
    for (const [index, other] of members.entries()) {
      if (other === member) continue;
      await member.sees(await other.id());
      await member.hears(await other.id(), people[index]?.[1] ?? 0);
    }
  }
}

export async function expectAllIn(mode: RoomMode, members: readonly Member[]): Promise<void> {
  await expect
    .poll(() => Promise.all(members.map((member) => member.run((room) => room.mode))))
    .toEqual(members.map(() => mode));
}
