/** Consonants and vowels that are hard to mishear, as proquints use them (https://arxiv.org/abs/0901.4016). */
const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

const GROUPS = 3;

/** A name that can be read out and that nobody guesses: three groups of 16 random bits, "lusab-gutih-tugad". */
export function suggestRoomName(): string {
  return [...crypto.getRandomValues(new Uint16Array(GROUPS))].map(syllables).join('-');
}

/** 16 bits as consonant, vowel, consonant, vowel, consonant, of 4 and 2 bits each. */
function syllables(bits: number): string {
  const consonant = (shift: number) => CONSONANTS.charAt((bits >> shift) & 15);
  const vowel = (shift: number) => VOWELS.charAt((bits >> shift) & 3);
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}

const LONG_ENOUGH = 12;

/** Whether somebody might hit on it by trying: short, or one plain word. Whoever does is in the room. */
export function isGuessable(name: string): boolean {
  const trimmed = name.trim();
  return trimmed.length < LONG_ENOUGH || /^\p{L}+$/u.test(trimmed);
}

/** A room's link: where its page is. @param hidden keeps the name from the server, as rooms with a password do */
export function roomLink(room: string, hidden = false): string {
  const name = encodeURIComponent(room);
  return `${location.origin}/studio${hidden ? `#room=${name}&password` : `?room=${name}`}`;
}
