/** Where the NATS servers are, and how to log in. */
export interface NatsAddress {
  /** `host:port` of each. */
  servers: string[];
  tls: boolean;
  user?: string;
  password?: string;
  token?: string;
}

/** What `parseClusterUrl` takes, for the documentation and for errors. */
export const CLUSTER_URL_FORM =
  'nats:// or tls:// URLs of NATS servers with commas between, such as nats://10.0.0.5:4222; the same scheme and credentials in all of them; with three, each value is kept by three';

const DEFAULT_PORT = '4222';

/** Reads `MESHLIFT_CLUSTER_URL`. @returns undefined if the text does not have the form */
export function parseClusterUrl(text: string): NatsAddress | undefined {
  const urls = text.split(',').map((part) => part.trim());
  const parsed = urls.map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  const [first] = parsed;
  if (!first || !parsed.every((url) => url !== undefined && isServer(url) && alike(url, first)))
    return undefined;
  const { protocol, username, password } = first;
  const login = password
    ? { user: decode(username), password: decode(password) }
    : { token: decode(username) };
  return {
    servers: parsed.map((url) => `${url?.hostname}:${url?.port || DEFAULT_PORT}`),
    tls: protocol === 'tls:',
    ...(username && login),
  };
}

/** The servers for people to read, without credentials. */
export function describeAddress({ servers, tls }: NatsAddress): string {
  return servers.map((server) => `${tls ? 'tls' : 'nats'}://${server}`).join(', ');
}

function isServer({ protocol, hostname, pathname, search, hash, username, password }: URL): boolean {
  if (protocol !== 'nats:' && protocol !== 'tls:') return false;
  if (hostname === '' || (pathname !== '' && pathname !== '/') || search + hash !== '') return false;
  return (
    decode(username) !== undefined && decode(password) !== undefined && (username !== '' || password === '')
  );
}

function alike(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.username === b.username && a.password === b.password;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
