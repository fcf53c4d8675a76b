import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import {
  CLUSTER_KEY_FORM,
  CLUSTER_URL_FORM,
  type NatsAddress,
  parseClusterKey,
  parseClusterUrl,
} from '@meshlift/cluster';
import { type IceServer, iceServerSchema } from '@meshlift/protocol';
import type { PortRange } from '@meshlift/sfu';
import { logLevels } from '@meshlift/telemetry';
import * as z from 'zod';
import { canBeAnnounced } from './announced-address.ts';
import { wantsCredentials } from './ice-servers.ts';

/** One configuration variable: how it is read, and what the documentation says of it. */
interface Variable<T> {
  name: string;
  /** Used when the variable is unset or empty. */
  fallback: T;
  /** How the documentation writes the fallback, where its value depends on the machine. */
  fallbackText?: string;
  allowed: string;
  about: string;
  schema: z.ZodType<T>;
  /** The value must not be shown, not even in an error. */
  secret?: boolean;
}

const variable = <T>(definition: Variable<T>) => definition;

const whole = (least: number, most: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(least).max(most));

const port = whole(0, 65_535);
/** A socket of the file system, where no port is to be taken. */
const socketPath = z.string().regex(/^\/\S{1,99}$/);
const portRange = z
  .string()
  .regex(/^\d+-\d+$/)
  .transform((text) => text.split('-').map(Number))
  .pipe(z.tuple([z.int().min(1), z.int().max(65_535)]))
  .refine(([first, last]) => first < last)
  .transform(([min, max]): PortRange => ({ min, max }));
const isOrigin = (url: string) => URL.canParse(url) && new URL(url).origin === url;
/** The root of a host: links, pages, assets and signaling have their paths from there. */
function isRoot(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, search, hash, username, password } = new URL(url);
  return pathname === '/' && search + hash + username + password === '';
}
const rootUrl = z
  .url({ protocol: /^https?$/ })
  .refine(isRoot)
  .transform((url) => new URL(url).origin);
const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(z.array(z.union([z.literal('*'), z.url().refine(isOrigin)])));
const frameOrigins = z.union([z.literal('none').transform((): string[] => []), origins]);
const iceServers = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.custom<IceServer>(isIceServer)));

/** As browsers take it: anything else would make each of them throw. */
function isIceServer(value: unknown): boolean {
  const { success, data } = iceServerSchema.safeParse(value);
  if (!success || (data.username === undefined) !== (data.credential === undefined)) return false;
  return [data.urls].flat().every((uri) => /^(?:stun|turn)s?:[^\s/]/i.test(uri));
}

const onOff = z.enum(['on', 'off']).transform((text) => text === 'on');

const operatorName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u);
const operatorContact = z.union([z.email(), z.url({ protocol: /^https$/ })]);

const cores = availableParallelism();

/** More would leave too few for pipes, and no machine has as many workers. */
const MOST_MEDIA_PORTS = 1_024;

/** Every variable there is, in the order the documentation lists them. */
export const variables = {
  port: variable({
    name: 'MESHLIFT_PORT',
    fallback: 8080,
    allowed: '0 to 65535; 0 takes any free port',
    about: 'TCP port of pages, API and signaling',
    schema: port,
  }),
  host: variable<string | undefined>({
    name: 'MESHLIFT_HOST',
    fallback: undefined,
    fallbackText: 'all',
    allowed: 'an IP address of this machine',
    about: 'Address to listen on, for signaling and media',
    schema: z.string().refine((text) => isIP(text) > 0),
  }),
  publicUrl: variable<string | undefined>({
    name: 'MESHLIFT_PUBLIC_URL',
    fallback: undefined,
    fallbackText: 'as the browser asked',
    allowed:
      'an http or https URL without a path, such as `https://live.example.org`; below a path nothing is served',
    about: 'What links begin with',
    schema: rootUrl,
  }),
  announcedAddresses: variable<readonly string[]>({
    name: 'MESHLIFT_ANNOUNCED_ADDRESS',
    fallback: [],
    fallbackText: "this machine's addresses, without those of container bridges",
    allowed:
      'up to 8 IP addresses or host names, separated by commas, that lead here from other machines, without scheme and port',
    about:
      'Where browsers send media, when that is not an address of this machine (NAT, containers); IPv4 and IPv6. Names are resolved at the start and once a minute',
    schema: z
      .string()
      .transform((text) => text.split(',').map((address) => address.trim()))
      .pipe(z.array(z.string().refine(canBeAnnounced)).max(8)),
  }),
  rtcPort: variable({
    name: 'MESHLIFT_RTC_PORT',
    fallback: 44_400,
    allowed: '0 to 65535; 0 takes any free ports',
    about: 'First media port, UDP and TCP; each further worker takes the next',
    schema: port,
  }),
  rtcLastPort: variable<number | undefined>({
    name: 'MESHLIFT_RTC_LAST_PORT',
    fallback: undefined,
    fallbackText: 'none',
    allowed: `\`MESHLIFT_RTC_PORT\` and at most ${MOST_MEDIA_PORTS - 1} more, with a port for each worker`,
    about:
      'Last media port: each worker takes the first free one from `MESHLIFT_RTC_PORT` to this, so that several servers on a machine can share the range',
    schema: whole(1, 65_535),
  }),
  pipePorts: variable<PortRange | undefined>({
    name: 'MESHLIFT_PIPE_PORTS',
    fallback: undefined,
    fallbackText: 'of 10000 to 59999 the larger part above or below the media ports',
    allowed: 'first and last with a hyphen, such as `20000-29999`, without media ports',
    about: 'UDP ports of the pipes between workers, two for each; several servers can share them',
    schema: portRange,
  }),
  workers: variable({
    name: 'MESHLIFT_WORKERS',
    fallback: cores,
    fallbackText: 'one per core',
    allowed: '1 to 256',
    about: 'Number of mediasoup workers',
    schema: whole(1, 256),
  }),
  clusterUrl: variable<NatsAddress | undefined>({
    name: 'MESHLIFT_CLUSTER_URL',
    fallback: undefined,
    fallbackText: 'none: this process serves alone',
    allowed: CLUSTER_URL_FORM,
    about: 'NATS servers through which the servers of a cluster find each other',
    schema: z
      .string()
      .transform(parseClusterUrl)
      .pipe(z.custom<NatsAddress>((address) => address !== undefined)),
    secret: true,
  }),
  clusterKey: variable<Uint8Array[] | undefined>({
    name: 'MESHLIFT_CLUSTER_KEY',
    fallback: undefined,
    fallbackText: 'none',
    allowed: CLUSTER_KEY_FORM,
    about: 'What the servers of a cluster share: who has it can act as one of them',
    schema: z
      .string()
      .transform(parseClusterKey)
      .pipe(z.custom<Uint8Array[]>((keys) => keys !== undefined)),
    secret: true,
  }),
  clusterCredentials: variable<string | undefined>({
    name: 'MESHLIFT_CLUSTER_CREDENTIALS',
    fallback: undefined,
    fallbackText: 'none, or those in the URL',
    allowed: 'the path of a file that NATS tools have made (`.creds`)',
    about: 'Credentials for the NATS servers',
    schema: z.string(),
  }),
  role: variable<'all' | 'signaling' | 'sfu'>({
    name: 'MESHLIFT_ROLE',
    fallback: 'all',
    allowed: 'all, signaling, sfu',
    about:
      'What this server does in a cluster: everything, people and keys alone (`signaling`), or media alone (`sfu`)',
    schema: z.enum(['all', 'signaling', 'sfu']),
  }),
  region: variable<string>({
    name: 'MESHLIFT_REGION',
    fallback: '',
    fallbackText: 'none',
    allowed: 'up to 32 letters, digits, `-` and `_`',
    about: 'Where this server is: those of one region serve each other before those of others',
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  }),
  pipeAddress: variable<string | undefined>({
    name: 'MESHLIFT_PIPE_ADDRESS',
    fallback: undefined,
    fallbackText: 'the first address that media arrives at',
    allowed: 'an IP address of this machine that the other servers reach',
    about:
      'Where media from other servers of the cluster arrives, encrypted, on the ports of `MESHLIFT_PIPE_PORTS`',
    schema: z.string().refine((text) => isIP(text) > 0),
  }),
  lineMbit: variable<number | undefined>({
    name: 'MESHLIFT_LINE_MBIT',
    fallback: undefined,
    fallbackText: 'not looked at',
    allowed: '1 to 1000000',
    about:
      "What this machine's line sends at most, in Mbit/s: at 85 % of it no more viewers are taken (Linux counts it)",
    schema: whole(1, 1_000_000),
  }),
  maxBranches: variable({
    name: 'MESHLIFT_MAX_BRANCHES',
    fallback: 8,
    allowed: '1 to 64',
    about: 'How many servers this one sends each stream to at most; others get it from those',
    schema: whole(1, 64),
  }),
  metricsPort: variable<number | string>({
    name: 'MESHLIFT_METRICS_PORT',
    fallback: 9091,
    allowed: '0 to 65535; 0 takes any free port; or the absolute path of a Unix socket to make',
    about: 'TCP port of `/metrics` for Prometheus, which has the figures of a whole cluster',
    schema: z.union([port, socketPath]),
  }),
  metricsHost: variable({
    name: 'MESHLIFT_METRICS_HOST',
    fallback: '127.0.0.1',
    allowed: 'an IP address of this machine',
    about: 'Address `/metrics` listens on',
    schema: z.string().refine((text) => isIP(text) > 0),
  }),
  allowedOrigins: variable({
    name: 'MESHLIFT_ALLOWED_ORIGINS',
    fallback: ['*'],
    fallbackText: '*',
    allowed: '`*`, or origins separated by commas, such as `https://example.org`',
    about: 'Pages that may use this server from another origin',
    schema: origins,
  }),
  frameOrigins: variable<string[]>({
    name: 'MESHLIFT_FRAME_ORIGINS',
    fallback: ['*'],
    fallbackText: '*',
    allowed: '`*`, origins separated by commas, or `none`',
    about: 'Pages that may hold `/embed` in a frame and speak to it',
    schema: frameOrigins,
  }),
  trustedProxies: variable({
    name: 'MESHLIFT_TRUSTED_PROXIES',
    fallback: 0,
    allowed: '0 to 8',
    about: 'Proxies in front of this server whose `X-Forwarded-*` headers are true',
    schema: whole(0, 8),
  }),
  iceServers: variable<IceServer[]>({
    name: 'MESHLIFT_ICE_SERVERS',
    fallback: [],
    fallbackText: 'none',
    allowed:
      'a JSON array of `RTCIceServer`; of those with `turn:` or `turns:`, each has `username` and `credential`, or there is a `MESHLIFT_TURN_SECRET`',
    about: 'STUN and TURN servers that browsers are told to use',
    schema: iceServers,
    secret: true,
  }),
  turnSecret: variable<string | undefined>({
    name: 'MESHLIFT_TURN_SECRET',
    fallback: undefined,
    fallbackText: 'none',
    allowed: 'at least 16 characters',
    about:
      'What this server shares with TURN servers (`static-auth-secret` of coturn): those without credentials in `MESHLIFT_ICE_SERVERS` get some for each client, good for an hour',
    schema: z.string().min(16),
    secret: true,
  }),
  graceSeconds: variable({
    name: 'MESHLIFT_GRACE_SECONDS',
    fallback: 30,
    allowed: '1 to 30',
    about: 'How long a dropped publisher or viewer may take to come back',
    schema: whole(1, 30),
  }),
  maxStreams: variable({
    name: 'MESHLIFT_MAX_STREAMS',
    fallback: 10_000,
    allowed: '1 to 1000000',
    about: 'Streams that may exist at a time',
    schema: whole(1, 1_000_000),
  }),
  openClaims: variable({
    name: 'MESHLIFT_OPEN_CLAIMS',
    fallback: true,
    fallbackText: 'on',
    allowed: 'on, off',
    about:
      'Whether an encoder or a page may publish under an ID of its own choice that nobody has, with a key of its own',
    schema: onOff,
  }),
  logLevel: variable<(typeof logLevels)[number]>({
    name: 'MESHLIFT_LOG_LEVEL',
    fallback: 'info',
    allowed: logLevels.join(', '),
    about:
      'How much is logged; `silent` writes nothing but that the server is ready, or why it did not start',
    schema: z.enum(logLevels),
  }),
  operatorName: variable<string | undefined>({
    name: 'MESHLIFT_OPERATOR_NAME',
    fallback: undefined,
    fallbackText: 'none',
    allowed: 'one line of text, at most 200 characters',
    about: 'Who runs this server, as `/privacy` says it',
    schema: operatorName,
  }),
  operatorContact: variable<string | undefined>({
    name: 'MESHLIFT_OPERATOR_CONTACT',
    fallback: undefined,
    fallbackText: 'none',
    allowed: 'an e-mail address or an https URL',
    about: 'Where questions about privacy go, as `/privacy` says it',
    schema: operatorContact,
  }),
};

export type Config = { readonly [K in keyof typeof variables]: (typeof variables)[K]['fallback'] };

/** What must hold between values that are allowed by themselves. */
interface Relation {
  /** The variables that it is about; the first one is blamed. */
  of: [keyof Config, ...(keyof Config)[]];
  /** What is wrong, if something is. */
  mistake(config: Config): string | undefined;
}

/** The media ports that a server may take; none when it may take any. */
const mediaPorts = ({ rtcPort, rtcLastPort, workers }: Config): PortRange | undefined =>
  rtcPort === 0 ? undefined : { min: rtcPort, max: rtcLastPort ?? rtcPort + workers - 1 };

const relations: readonly Relation[] = [
  {
    of: ['clusterUrl', 'clusterKey'],
    mistake({ clusterUrl, clusterKey }) {
      if (clusterUrl && !clusterKey) return 'MESHLIFT_CLUSTER_KEY is not set';
      return undefined;
    },
  },
  {
    of: ['role', 'clusterUrl'],
    mistake({ role, clusterUrl }) {
      if (role !== 'all' && !clusterUrl) return 'without MESHLIFT_CLUSTER_URL it would find no other server';
      return undefined;
    },
  },
  {
    of: ['iceServers', 'turnSecret'],
    mistake({ iceServers, turnSecret }) {
      if (turnSecret === undefined && iceServers.some(wantsCredentials))
        return 'it has TURN servers without credentials, and MESHLIFT_TURN_SECRET is not set';
      return undefined;
    },
  },
  {
    of: ['rtcPort', 'rtcLastPort', 'workers'],
    mistake(config) {
      const last = mediaPorts(config)?.max ?? 0;
      if (last > 65_535) return `${config.workers} workers need the ports up to ${last}`;
      return undefined;
    },
  },
  {
    of: ['rtcLastPort', 'rtcPort', 'workers'],
    mistake({ rtcLastPort, rtcPort, workers }) {
      if (rtcLastPort === undefined) return undefined;
      if (rtcPort === 0) return 'MESHLIFT_RTC_PORT is 0, which takes any ports';
      const count = rtcLastPort - rtcPort + 1;
      if (count < 1) return `MESHLIFT_RTC_PORT is ${rtcPort}`;
      if (count > MOST_MEDIA_PORTS) return `from MESHLIFT_RTC_PORT (${rtcPort}) these are ${count} ports`;
      if (count < workers)
        return `from MESHLIFT_RTC_PORT (${rtcPort}) these are ${count} ports, for ${workers} workers (MESHLIFT_WORKERS)`;
      return undefined;
    },
  },
  {
    of: ['pipePorts', 'rtcPort', 'rtcLastPort', 'workers'],
    mistake(config) {
      const [pipes, media] = [config.pipePorts, mediaPorts(config)];
      if (!pipes || !media || pipes.max < media.min || pipes.min > media.max) return undefined;
      const which =
        media.min === media.max
          ? `the media port ${media.min}`
          : `media ports (${media.min} to ${media.max})`;
      return `among them is ${which}, see MESHLIFT_RTC_PORT`;
    },
  },
];

/** A value that cannot be used. */
interface Mistake {
  definition: Variable<unknown>;
  given: string | undefined;
  /** Set where the value is allowed by itself. */
  why?: string;
}

/** Values that cannot be used: a line of the message for each names the variable, the value and what is allowed. */
export class ConfigError extends Error {
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(describeMistake).join('\n'));
    this.name = 'ConfigError';
  }
}

function describeMistake({ definition, given, why }: Mistake): string {
  const { name, allowed, secret } = definition;
  const shown = secret ? 'what was given (not shown: it may hold a password)' : `"${given ?? ''}"`;
  return `${name} cannot be ${shown}${why ? `: ${why}` : ''}. Allowed: ${allowed}.`;
}

/**
 * Reads the whole configuration. Empty values count as unset.
 *
 * @throws ConfigError for all values that are not allowed, by themselves or beside the others
 */
export function parseConfig(environment: NodeJS.ProcessEnv): Config {
  const mistakes = new Map<string, Mistake>();
  const read = ([key, definition]: [string, Variable<unknown>]) => {
    const given = environment[definition.name];
    if (given === undefined || given === '') return [key, definition.fallback];
    const parsed = definition.schema.safeParse(given);
    if (!parsed.success) mistakes.set(key, { definition, given });
    return [key, parsed.data];
  };
  const config = Object.fromEntries(Object.entries(variables).map(read)) as Config;
  for (const { of, mistake } of relations) {
    const why = of.some((key) => mistakes.has(key)) ? undefined : mistake(config);
    const definition: Variable<unknown> = variables[of[0]];
    if (why !== undefined) mistakes.set(of[0], { definition, given: environment[definition.name], why });
  }
  if (mistakes.size > 0) throw new ConfigError([...mistakes.values()]);
  return config;
}

/** Variables of the setup that gets the project to run; not read by the server, but no mistakes either. */
const setupVariables = ['MESHLIFT_CACHE_DIR', 'MESHLIFT_CHROMIUM', 'MESHLIFT_PYTHON', 'MESHLIFT_PION_PLAYER'];

/** Names that look like configuration but are none, so that a typing mistake does not go unnoticed. */
export function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  const known = new Set([...Object.values(variables).map(({ name }) => name), ...setupVariables]);
  return Object.keys(environment).filter((name) => name.startsWith('MESHLIFT_') && !known.has(name));
}
