/** What somebody typed or pasted leads to a page of this server, or of another one that is to be named first. */
export type Destination = { path: string } | { host: string; href: string };

const STREAM_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** A link with or without its scheme: host, path, and what follows it. A bare path has no host. */
const LINK =
  /^(?:(?<scheme>https?):\/\/)?(?<host>(?:\[[^\]\s]+\]|[^/?#\s:@[\]]*)(?::\d+)?)(?<rest>\/[^\s]*)$/i;

/**
 * Where a stream is watched that is given by its ID, or by a link that ends in `/watch/ID` or `/embed/ID`.
 *
 * @param ownHost host and port of this server, as the page's address has them
 */
export function streamIn(input: string, ownHost: string): Destination | undefined {
  const trimmed = input.trim();
  if (STREAM_ID.test(trimmed)) return { path: `/watch/${trimmed}` };
  const link = parse(trimmed);
  const streamId = /\/(?:watch|embed)\/([^/]+)\/?$/.exec(link?.url.pathname ?? '')?.[1] ?? '';
  if (!link || !STREAM_ID.test(streamId)) return undefined;
  return link.host === '' || link.host === ownHost ? { path: `/watch/${streamId}` } : elsewhere(link.url);
}

/** Where a link to a room leads; undefined for what is no link, and may be a name. */
export function roomIn(input: string, ownHost: string): Destination | undefined {
  const link = parse(input.trim());
  if (!link || !/\/studio\/?$/.test(link.url.pathname)) return undefined;
  if (link.host !== '' && link.host !== ownHost) return elsewhere(link.url);
  const { pathname, searchParams, hash } = link.url;
  const password = searchParams.get('password');
  searchParams.delete('password');
  const search = searchParams.size > 0 ? `?${searchParams}` : '';
  // Behind the `#` the server is not sent it.
  const hidden = password === null ? hash : `${hash || '#'}&password=${encodeURIComponent(password)}`;
  return { path: pathname + search + hidden };
}

const elsewhere = ({ host, href }: URL): Destination => ({ host, href });

/** Without a scheme it is taken to be a link to a page with TLS, as all are that are not on this machine. */
function parse(text: string): { host: string; url: URL } | undefined {
  const { scheme = 'https', host, rest } = LINK.exec(text)?.groups ?? {};
  if (host === undefined || rest === undefined) return undefined;
  const address = `${scheme}://${host || 'localhost'}${rest}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return { host: host === '' ? '' : url.host, url };
}
