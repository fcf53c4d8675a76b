const UNITS = [
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const;

/** A duration as people read it: `30 seconds`, `1 minute`, `24 hours`. */
export function inWords(seconds: number): string {
  const unit = UNITS.find((unit) => seconds >= unit.seconds && seconds % unit.seconds === 0);
  return unit ? counted(seconds / unit.seconds, unit.name) : counted(seconds, 'second');
}

/** @param noun takes an s in the plural */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
