import { SdpError } from './sdp-error.ts';

/** Ten times the offer of a browser with every codec. */
const MOST_CHARACTERS = 64 * 1024;

/** Offers with every codec, two pictures and a dozen candidates have some 300. */
const MOST_LINES = 2_000;

/** Parameter sets in `a=fmtp` and certificates' fingerprints are the longest that occur. */
const LONGEST_LINE = 2_048;

/**
 * Checks the form of SDP before anything looks at what it says (RFC 8866, section 5): whatever costs time grows
 * with the number of lines and their length.
 *
 * @param firstLine what it must begin with; a fragment may begin with anything
 * @throws MeshliftError `SDP_INVALID` with the number of the line
 */
export function checkLines(text: string, firstLine?: string): void {
  if (text.length > MOST_CHARACTERS) {
    throw SdpError.invalid(`It has ${text.length} characters; at most ${MOST_CHARACTERS} are taken.`);
  }
  const lines = text.split(/\r\n|\n/);
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  if (lines.length > MOST_LINES) {
    throw SdpError.invalid(`It has ${lines.length} lines; at most ${MOST_LINES} are taken.`);
  }
  lines.forEach((line, index) => {
    const at = `Line ${index + 1}`;
    if (line.length > LONGEST_LINE) {
      throw SdpError.invalid(`${at} has ${line.length} characters; at most ${LONGEST_LINE} are taken.`);
    }
    if (!/^[a-z]=[^\0\r]+$/.test(line)) throw SdpError.invalid(`${at} is none of SDP: "${shown(line)}".`);
  });
  if (firstLine !== undefined && lines[0] !== firstLine) {
    throw SdpError.invalid(`Line 1 must be "${firstLine}", and is "${shown(lines[0] ?? '')}".`);
  }
}

/** The lines of each section, those of the session first: for what the parser keeps one of, or does not take. */
export function splitSections(text: string): string[][] {
  const parts: string[][] = [[]];
  for (const line of text.split(/\r\n|\n/)) {
    if (line.startsWith('m=')) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}

/** The values of an attribute in a section's lines. */
export function valuesOf(lines: readonly string[] | undefined, attribute: string): string[] {
  const start = `a=${attribute}:`;
  return (lines ?? []).filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** What of a line can be shown in an error: short, and nothing but letters. */
function shown(line: string): string {
  return line.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
}
