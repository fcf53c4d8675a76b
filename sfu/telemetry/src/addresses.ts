/**
 * Finds the addresses of machines in free text: IPv4 (dotted, in host names such as `ip-192-0-2-1`, and as the one
 * number that URLs allow), IPv6 (RFC 4291, section 2.2, with mapped IPv4 and zone ids of RFC 4007), MAC addresses,
 * fingerprints, and the `.local` names by which browsers hide addresses (RFC 6762). It rather takes too much than too
 * little: anything of four numbers with dots between them counts, versions of three numbers and times do not.
 */

/** Addresses that name this machine to itself and so say nothing about anybody. */
const harmless = new Set(['127.0.0.1', '0.0.0.0', '::1', '::']);

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** A name that goes on after `.local`, such as that of a file, is another name, unless it is one a browser made. */
const LOCAL_NAME = new RegExp(`${UUID}\\.local|[\\w-]+(?:\\.[\\w-]+)*\\.local(?![\\w-]|\\.[a-z])`, 'gi');

const GROUP = '(?<!\\w)[0-9a-f]{1,4}(?!\\w)';
const QUAD = '\\d+(?:\\.\\d+){3}';
const ZONE = '(?:%[\\w.-]+)?';
/** Hexadecimal groups with colons between them, of any number: what they are is decided by `isColonAddress`. */
const COLON_CHAIN = new RegExp(
  `(?:(?:::+)?${GROUP}(?::+${GROUP})*(?::+${QUAD})?(?:::+)?|::+${QUAD})${ZONE}`,
  'gi',
);
const WORD_WITH_COLONS = /[\w:.]+(?:%[\w.-]+)*/g;
/** A word that ends (or begins) with something an address may begin (or end) with. */
const CUT_OFF_BEFORE = /\w*[0-9a-f]:+$/i;
const CUT_OFF_AFTER = /^:*[0-9a-f]\w*/i;

/** `:::8080` is how Node.js writes a port of all addresses. */
const PORT_OF_ALL = /^:::\d{1,5}$/;

const DOTTED = /\d+(?:\.\d+){3,}/g;
const DASHED = /(?<!\d)\d{1,3}(?:-\d{1,3}){3}(?!\d)/g;
/** `http://3405803783/` and `http://0xcb007107/` are http://203.0.113.7/ to a browser. */
const ONE_NUMBER_HOST = /(?<=\/\/|@)(?:0x[0-9a-f]{6,8}|\d{8,10})(?![\w.])/gi;
/** The reverse names of IPv6 addresses (RFC 3596, section 2.5). */
const NIBBLES = /(?:[0-9a-f]\.){8,}ip6\.arpa/gi;

const ESCAPED_WORD = /[^\s"'<>]*%[0-7][0-9a-f][^\s"'<>]*/gi;
const ESCAPE = /%([2-7][0-9a-f])/gi;
/** A text may have been escaped more than once on its way. */
const ESCAPED_AT_MOST = 3;

/**
 * A text with every address in it replaced.
 *
 * @param replace what is to stand in place of an address
 */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  const stand = (address: string) => (harmless.has(address) ? address : replace(address));
  const replaceIn = (part: string) =>
    part
      .replace(LOCAL_NAME, stand)
      .replace(NIBBLES, stand)
      .replace(WORD_WITH_COLONS, (word) => replaceColonAddresses(word, replace))
      .replace(DOTTED, stand)
      .replace(DASHED, (found) => (isDashedAddress(found) ? replace(found) : found))
      .replace(ONE_NUMBER_HOST, stand);
  // What is escaped comes first: of `fe80%3a%3a1` the direct look would find a part.
  const plain = text.replace(ESCAPED_WORD, (word) => {
    const decoded = unescaped(word);
    const replaced = replaceIn(decoded);
    return replaced === decoded ? word : replaced;
  });
  return replaceIn(plain);
}

function unescaped(word: string): string {
  let text = word;
  for (let i = 0; i < ESCAPED_AT_MOST; i += 1) {
    text = text.replace(ESCAPE, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
  return text;
}

function replaceColonAddresses(word: string, replace: (address: string) => string): string {
  if (word.indexOf(':') === word.lastIndexOf(':')) return word;
  let masked = '';
  let from = 0;
  for (const { 0: chain, index } of word.matchAll(COLON_CHAIN)) {
    if (!isColonAddress(chain) || index < from) continue;
    let start = index;
    let end = index + chain.length;
    if (PORT_OF_ALL.test(word)) continue;
    // Of three colons in a row the outer one separates the address from what it stands beside.
    while (word.startsWith(':::', start)) start += 1;
    const before = CUT_OFF_BEFORE.exec(word.slice(from, start) + leadingColons(word.slice(start)));
    if (before) start = from + before.index;
    const after = chain.endsWith(':') ? CUT_OFF_AFTER.exec(word.slice(end)) : undefined;
    if (after) end += after[0].length;
    const address = word.slice(start, end);
    masked += word.slice(from, start) + (harmless.has(address) ? address : replace(address));
    from = end;
  }
  return masked + word.slice(from);
}

const leadingColons = (text: string) => /^:*/.exec(text)?.[0] ?? '';

/**
 * Times and positions in files have colons too, but neither six groups nor two colons in a row, nor five pairs. Fewer
 * than the eight and six of a whole address count, because a word may stick to either end.
 */
function isColonAddress(chain: string): boolean {
  const [plain = ''] = chain.split('%');
  if (plain.includes('::')) return /[0-9a-f]/i.test(plain);
  const groups = plain.split(':');
  return groups.length >= 6 || (groups.length === 5 && groups.every((group) => group.length === 2));
}

const isDashedAddress = (found: string) => found.split('-').every((part) => Number(part) <= 255);
