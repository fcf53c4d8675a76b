import { readFileSync } from 'node:fs';
import { type ErrorCode, errorCodes, MeshliftError } from '@meshlift/protocol';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { TestClient, TestServer } from '../testing/test-server.ts';
import { version1 } from './version-1.ts';

/**
 * A conversation with a server of version 1, as its code had it, and the forms of all messages by its schemas. In
 * payloads `$` is the way to a value that the server gave before: first the step, then the names in its answer.
 */
interface Recording {
  conversation: Step[];
  messages: z.core.JSONSchema.BaseSchema;
}

type Step =
  | { creates: 'stream' }
  | { who: string; connects: true }
  | { who: string; hangsUp: true }
  | { who: string; asks: string; payload: unknown }
  | { who: string; hears: string; payload: unknown };

const recorded = JSON.parse(
  readFileSync(new URL('../testing/version-1.json', import.meta.url), 'utf8'),
) as Recording;

type Forms = z.ZodObject<Record<string, z.ZodType>>;
const { replies, events } = (
  z.fromJSONSchema(recorded.messages) as z.ZodObject<{ replies: Forms; events: Forms }>
).shape;

/** A client as pages of version 1 have it: what it receives in another form than that version's fails the test. */
class Client1 {
  readonly client: TestClient;

  static async connect(server: TestServer): Promise<Client1> {
    const client = new Client1(server);
    const welcome = await client.hears('server:welcome');
    expect(welcome).toMatchObject({ protocol: 1, serves: { oldest: 1, newest: 2 } });
    return client;
  }

  private constructor(server: TestServer) {
    this.client = new TestClient(server.url, { protocol: 1 });
    onTestFinished(() => this.client.close());
    this.client.socket.onAny((name: string, payload: unknown) => {
      const misread =
        events.shape[name]?.safeParse(payload).error ?? (events.shape[name] ? undefined : 'unknown');
      if (misread) this.misread.push({ name, misread });
    });
  }

  readonly misread: object[] = [];

  async asks(name: string, payload: unknown): Promise<Record<string, unknown>> {
    const answer = await this.client.raw(name, payload);
    if ('error' in answer) throw new Error(`${name}: ${answer.error.code}`);
    return replies.shape[name]?.parse(answer.data) as Record<string, unknown>;
  }

  async hears(name: string): Promise<Record<string, unknown>> {
    return (await this.client.next(name as never)) as Record<string, unknown>;
  }
}

/** The recorded payload, with what the server has really given. */
function filledIn(payload: unknown, given: readonly unknown[]): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  if ('any' in payload) return expect.any(String);
  if ('$' in payload) {
    const [step, ...path] = payload.$ as [number, ...string[]];
    return path.reduce((value, name) => (value as Record<string, unknown>)[name], given[step]);
  }
  if (Array.isArray(payload)) return payload.map((inner) => filledIn(inner, given));
  return Object.fromEntries(Object.entries(payload).map(([name, inner]) => [name, filledIn(inner, given)]));
}

async function room(...people: (Client1 | TestClient)[]) {
  const joined: { sessionId: string; participantId: string }[] = [];
  for (const person of people) {
    const payload = { roomId: 'kitchen' };
    joined.push(
      person instanceof Client1
        ? ((await person.asks('room:join', payload)) as (typeof joined)[0])
        : await person.request('room:join', payload),
    );
  }
  return joined;
}

it('serves what a client of version 1 asks for, and tells it all that it waits for, in its own form', async () => {
  const server = await TestServer.start();
  const clients = new Map<string, Client1>();
  const client = (who: string): Client1 => {
    const found = clients.get(who);
    if (!found) throw new Error(`${who} has not connected`);
    return found;
  };
  const given: unknown[] = [];
  for (const [index, step] of recorded.conversation.entries()) {
    if ('creates' in step) given[index] = await server.createStream();
    else if ('connects' in step) clients.set(step.who, await Client1.connect(server));
    else if ('hangsUp' in step) client(step.who).client.close();
    else if ('asks' in step)
      given[index] = await client(step.who).asks(step.asks, filledIn(step.payload, given));
    else {
      given[index] = await client(step.who).hears(step.hears);
      expect(given[index]).toMatchObject(filledIn(step.payload, given) as object);
    }
  }
  for (const { misread } of clients.values()) expect(misread).toEqual([]);
});

it('makes a client of version 1 the host beside one of the present version, and tells it of others', async () => {
  const server = await TestServer.start({ graceSeconds: 1 });
  const [founder, old] = [await server.connect(), await Client1.connect(server)];
  const [first, second] = await room(founder, old);
  if (!first || !second) throw new Error('two people');
  await founder.request('room:handOver', { sessionId: first.sessionId, to: second.participantId });
  const told = { sessionId: second.sessionId, participantId: second.participantId };
  const { hostKey } = await old.hears('room:host');
  expect(hostKey).toEqual(expect.any(String));
  expect(await founder.next('room:host')).toMatchObject({ hosts: [second.participantId] });
  await old.asks('room:handOver', { sessionId: second.sessionId, to: first.participantId });
  expect(await old.hears('room:host')).toEqual({ ...told, participantId: first.participantId });
  // The host leaves and is awaited, of which version 1 knows nothing; then the other one acts as host.
  await founder.request('session:close', { sessionId: first.sessionId });
  expect(await old.hears('room:host')).toEqual({ ...told, hostKey: expect.any(String) });
  await old.asks('room:setLocked', { sessionId: second.sessionId, locked: true });
  expect(old.misread).toEqual([]);
});

it('asks a host of version 1 about those who cannot follow a switch, as about those who are late', async () => {
  const server = await TestServer.start();
  const [host, guest] = [await Client1.connect(server), await server.connect()];
  const [first, second] = await room(host, guest);
  if (!first || !second) throw new Error('two people');
  await host.asks('room:setMode', { sessionId: first.sessionId, mode: 'sfu', epoch: 0 });
  await host.asks('room:switchStep', { sessionId: first.sessionId, epoch: 1, step: { name: 'ready' } });
  const failed = { name: 'failed' as const, reason: 'cannot reach the relay' };
  await guest.request('room:switchStep', { sessionId: second.sessionId, epoch: 1, step: failed });
  expect(await host.hears('room:switchStuck')).toMatchObject({
    epoch: 1,
    waitingFor: [second.participantId],
  });
  await host.asks('room:decideSwitch', { sessionId: first.sessionId, epoch: 1, leaveOut: false });
  await host.client.next('room:switch', ({ phase }) => phase === 'abort');
  expect(host.misread).toEqual([]);
});

it('keeps from version 1 what it has no words for', () => {
  const sessionId = 's'.repeat(43);
  expect(version1.events['session:media']?.({ sessionId })).toBeUndefined();
});

it('translates every error into one that version 1 knows', () => {
  const known = (code: ErrorCode) => {
    const error = version1.error(new MeshliftError(code).toBody().error);
    return events.shape['session:closed']?.safeParse({ sessionId: 's'.repeat(43), error }).success;
  };
  expect(errorCodes.filter((code) => !known(code))).toEqual([]);
});
