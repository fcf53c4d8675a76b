import type { Bench } from './scenario.ts';

/**
 * Measures as often as was asked for.
 *
 * @param measure gets the number of the round, from 0, and a way to say what it is doing
 */
export async function measureRounds<T>(
  { wishes, progress }: Bench,
  measure: (round: number, say: (doing: string) => void) => Promise<T>,
): Promise<T[]> {
  const rounds: T[] = [];
  for (let round = 0; round < wishes.rounds; round += 1)
    rounds.push(
      await measure(round, (doing) => progress(`round ${round + 1} of ${wishes.rounds}: ${doing}`)),
    );
  return rounds;
}

/** The same things in another order each round, so that what comes first does not always come first. */
export function rotated<T>(things: readonly T[], round: number): T[] {
  return things.map((_, index) => things[(index + round) % things.length] as T);
}

/** What each round gave for two of these, one divided by the other; rounds that lack either are left out. */
export function ratios<T>(
  rounds: readonly T[],
  above: (round: T) => number | undefined,
  below: (round: T) => number | undefined,
): number[] {
  return rounds.flatMap((round) => {
    const [one, other] = [above(round), below(round)];
    return one === undefined || other === undefined ? [] : [one / other];
  });
}
