const qualities = [
  ...['Amber', 'Brave', 'Bright', 'Calm', 'Clever', 'Curious', 'Fair', 'Gentle', 'Golden', 'Happy', 'Jolly'],
  ...['Kind', 'Lively', 'Lucky', 'Mellow', 'Merry', 'Nimble', 'Patient', 'Quick', 'Quiet', 'Silver', 'Sunny'],
  ...['Swift', 'Witty'],
];
const animals = [
  ...['Badger', 'Beaver', 'Crane', 'Dolphin', 'Falcon', 'Finch', 'Fox', 'Gecko', 'Hare', 'Heron', 'Ibex'],
  ...['Koala', 'Lark', 'Lynx', 'Marten', 'Newt', 'Otter', 'Owl', 'Panda', 'Puffin', 'Robin', 'Seal'],
  ...['Swallow', 'Wren'],
];

/** A friendly name for whoever does not want to give their own. */
export function suggestPersonName(): string {
  return `${oneOf(qualities)} ${oneOf(animals)}`;
}

function oneOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? '';
}
