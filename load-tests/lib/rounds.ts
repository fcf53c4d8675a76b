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
