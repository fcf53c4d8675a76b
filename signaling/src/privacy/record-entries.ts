import type { PrivacyEntry } from '@meshlift/protocol';
import { allowedLabels, type LogLevel, PSEUDONYM_ROTATION_MS } from '@meshlift/telemetry';
import type { RunningServer } from './running-server.ts';
import { inWords } from './words.ts';

/** What each level adds to the ones before it. */
const lines: readonly { level: LogLevel; about: string }[] = [
  { level: 'error', about: 'what failed and needs a person' },
  {
    level: 'warn',
    about:
      'what failed and was recovered, and that the path for media of somebody who sends or watches never came about, with a random code that their page shows too',
  },
  {
    level: 'info',
    about:
      'that a stream goes live, pauses, gets another ID or ends, and that a room of so many participants has changed between direct and relay',
  },
  { level: 'debug', about: 'each step of sending and receiving, such as the size of picture somebody gets' },
];

const order: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug', 'trace'];

/** Whether lines of a level are written. */
export function isLogged({ logLevel }: Pick<RunningServer, 'logLevel'>, level: LogLevel): boolean {
  return order.indexOf(level) <= order.indexOf(logLevel);
}

/** What is written or counted. */
export function recordEntries(server: RunningServer): PrivacyEntry[] {
  return [logEntry(server), metricsEntry(server)];
}

function logEntry(server: RunningServer): PrivacyEntry {
  const { logLevel, librariesTalk } = server;
  const written = lines.filter(({ level }) => isLogged(server, level));
  const rotation = inWords(PSEUDONYM_ROTATION_MS / 1_000);
  const unmasked = librariesTalk
    ? ' Besides, the operator lets libraries write output of their own, which is not masked: it can contain network addresses and IDs.'
    : '';
  const start = ' When it starts, the program prints where it serves, or why it does not.';
  const shared = {
    id: 'log',
    title: 'The log',
    why: 'So that an operator can see what went wrong.',
    who: 'Whoever runs the server, and whom they let see it.',
  };
  if (written.length === 0 && !librariesTalk) {
    return {
      ...shared,
      what: `Nothing: the level in force is "${logLevel}".${start}`,
      where: [],
      howLong: 'Nothing is kept.',
    };
  }
  const about =
    written.length === 0
      ? `The level in force is "${logLevel}", and nothing is logged.`
      : `The level in force is "${logLevel}". With the time it is written: ${written.map((line) => line.about).join('; ')}. Streams, rooms, sessions and network addresses stand in it under hashes with a secret that is replaced at the first use after ${rotation}; keys and passwords do not stand in it.`;
  return {
    ...shared,
    what: about + unmasked + start,
    where: ['log'],
    howLong:
      'This server writes lines and keeps none. Whoever runs it decides what becomes of them, and for how long.',
  };
}

function metricsEntry({ metricsHost }: RunningServer): PrivacyEntry {
  const isLocal = /^(?:127\.|::1$)/.test(metricsHost);
  return {
    id: 'metrics',
    title: 'Metrics',
    what: `Numbers over everybody together: how many streams, viewers, rooms, participants and connections there are, how long answers take, how busy the machine is. None is labelled with a person, a stream, a room or an address; all that they are told apart by is ${[...allowedLabels].join(', ')}. Besides, how much memory and time the program itself takes.`,
    why: 'So that an operator sees whether the server copes.',
    where: ['metrics'],
    howLong:
      'In memory, since the server was started. Whoever reads them out decides for how long to keep them.',
    who: isLocal
      ? 'Programs on the machine of the server.'
      : 'Whoever can reach the port of the metrics over the network.',
  };
}
