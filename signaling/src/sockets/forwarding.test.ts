import { doorSubject, FROM_CLIENTS, TO_CLIENTS } from '@meshlift/protocol/cluster';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Door, testDoors } from '../testing/test-doors.ts';
import type { TestClient } from '../testing/test-server.ts';

/** A host and a guest of a room that the first door answers for. The guest has come back by the second one. */
async function apart(options: { transports?: ('polling' | 'websocket')[]; doors?: number } = {}) {
  const { engine, doors } = await testDoors(options.doors ?? 2);
  const [owner, door] = doors as [Door, Door];
  const host = await owner.server.connect();
  const hosting = await host.request('room:join', { roomId: 'kitchen' });
  const before = await owner.server.connect();
  const { sessionId, participantId } = await before.request('room:join', { roomId: 'kitchen' });
  before.close();
  await before.ended();
  const guest = await door.server.connect(options.transports);
  const resumed = await guest.request('session:resume', { sessionId });
  return { engine, doors, owner, door, host, hosting, guest, sessionId, participantId, resumed };
}

const fingerprint = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }],
};

const signalled = (client: TestClient) => client.next('room:signal').then(({ signal }) => signal);

describe.each([[['websocket' as const]], [['polling' as const]]])('a client by %s', (transports) => {
  it('is served by the door that answers for its session, in order', async () => {
    const { host, hosting, guest, sessionId, participantId, resumed } = await apart({ transports });
    expect(resumed).toMatchObject({ kind: 'participant', room: { participants: [{ host: true }] } });
    const heard: string[] = [];
    guest.socket.onAny((name: string, payload: { signal?: string }) => heard.push(payload.signal ?? name));
    for (let n = 0; n < 50; n += 1) {
      const told = { sessionId: hosting.sessionId, to: participantId, signal: `${n}` };
      expect(await host.request('room:signal', told)).toEqual({ delivered: true });
    }
    await guest.next('room:signal', ({ signal }) => signal === '49');
    expect(heard).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`));
    const back = { sessionId, to: hosting.participantId, signal: 'back' };
    expect(await guest.request('room:signal', back)).toEqual({ delivered: true });
    expect(await signalled(host)).toBe('back');
  });
});

it('brings a client what was sent before an answer before the answer', async () => {
  const { hosting, guest, sessionId, participantId, host } = await apart();
  await host.request('room:handOver', { sessionId: hosting.sessionId, to: participantId });
  await guest.next('room:host');
  const order: string[] = [];
  guest.socket.onAny((name: string) => order.push(name));
  for (let n = 0; n < 20; n += 1) {
    await guest.request('room:setLocked', { sessionId, locked: n % 2 === 0 });
    order.push('answer');
  }
  expect(order).toEqual(Array.from({ length: 20 }, () => ['room:locked', 'answer']).flat());
});

it('answers with the code that the other door answers with, and keeps the connection', async () => {
  const { guest, sessionId } = await apart();
  expect(await guest.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
  expect(await guest.refused('room:signal', { sessionId, to: 'nobody', signal: 'x' })).toBe(
    'PARTICIPANT_NOT_FOUND',
  );
  expect(await guest.refused('transport:connect', { sessionId, dtlsParameters: fingerprint })).toBe(
    'SESSION_NOT_FOUND',
  );
  expect(guest.socket.connected).toBe(true);
});

describe('a session at another door', () => {
  it('waits for its client when the connection drops, and goes on at any door', async () => {
    const { doors, host, hosting, guest, sessionId, participantId } = await apart({ doors: 3 });
    const signal = () =>
      host.request('room:signal', { sessionId: hosting.sessionId, to: participantId, signal: 'there?' });
    let present = guest;
    for (const door of [...doors, ...doors].slice(1)) {
      present.close();
      await expect.poll(signal).toEqual({ delivered: false });
      present = await door.server.connect();
      expect(await present.request('session:resume', { sessionId })).toMatchObject({ kind: 'participant' });
      expect(await signal()).toEqual({ delivered: true });
      expect(await signalled(present)).toBe('there?');
    }
  });

  it('moves to a connection that resumes it while another one has it', async () => {
    const { owner, door, guest, sessionId, hosting } = await apart();
    const other = await door.server.connect();
    await other.request('session:resume', { sessionId });
    const told = { sessionId, to: hosting.participantId, signal: 'x' };
    expect(await other.request('room:signal', told)).toEqual({ delivered: true });
    await expect.poll(() => guest.refused('room:signal', told)).toBe('SESSION_NOT_FOUND');
    const home = await owner.server.connect();
    await home.request('session:resume', { sessionId });
    expect(await home.request('room:signal', told)).toEqual({ delivered: true });
    await expect.poll(() => other.refused('room:signal', told)).toBe('SESSION_NOT_FOUND');
  });

  it('ends with its client', async () => {
    const { host, guest, sessionId, participantId } = await apart();
    await guest.request('session:close', { sessionId });
    expect(await host.next('room:left')).toMatchObject({ participantId });
    expect(await guest.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  });

  it('counts for the limit of its connection', async () => {
    const { owner, guest } = await apart();
    const others = [];
    for (let n = 1; n < 32; n += 1) {
      const client = await owner.server.connect();
      others.push(await client.request('room:join', { roomId: 'kitchen' }));
      client.close();
    }
    for (const { sessionId } of others) await guest.request('session:resume', { sessionId });
    expect(await guest.refused('room:join', { roomId: 'hall' })).toBe('WRONG_STATE');
  });

  it('has links that begin with the address that the client used', async () => {
    const { door, guest, sessionId } = await apart();
    const { audience } = await guest.request('room:publish', { sessionId });
    expect(audience.links.watchUrl).toMatch(new RegExp(`^${door.server.url}/`));
  });
});

/** Somebody in a room that one door answers for, who came by another one. */
async function guestOf(owner: Door, door: Door, roomId: string) {
  const host = await owner.server.connect();
  const hosting = await host.request('room:join', { roomId });
  const client = await door.server.connect();
  const { sessionId, participantId } = await client.request('room:join', { roomId });
  return {
    client,
    sessionId,
    host,
    hosting,
    signalled: () =>
      host.request('room:signal', { sessionId: hosting.sessionId, to: participantId, signal: 'there?' }),
  };
}

it('gives up a door that has ended, that is silent or that hangs in its work, each in its time, and harms nobody else', async () => {
  const { doors } = await testDoors(4);
  const [door, ended, silent, hanging] = doors as [Door, Door, Door, Door];
  const bystander = await guestOf(door, door, 'here');
  const awaited = await guestOf(door, ended, 'awaited');
  const [ofEnded, ofSilent, ofHanging] = [
    await guestOf(ended, door, 'ended'),
    await guestOf(silent, door, 'silent'),
    await guestOf(hanging, door, 'hanging'),
  ];
  const { host, hosting } = ofHanging;
  await host.request('room:setMode', { sessionId: hosting.sessionId, mode: 'sfu', epoch: 0 });
  const workers = hanging.server.node.workerPids();
  onTestFinished(() => {
    for (const pid of workers) process.kill(pid, 'SIGCONT');
  });
  for (const pid of workers) process.kill(pid, 'SIGSTOP');
  const late = ofHanging.client.refused('room:send', { sessionId: ofHanging.sessionId });

  ended.kill();
  silent.fallSilent();
  const lock = ({ client, sessionId }: typeof ofEnded) =>
    client.refused('room:setLocked', { sessionId, locked: true });
  expect(await lock(ofEnded)).toBe('NODE_UNREACHABLE');
  const asking = await door.server.connect();
  expect(await asking.refused('room:join', { roomId: 'ended' })).toBe('NODE_UNREACHABLE');
  void lock(ofSilent).catch(() => undefined);
  await ofEnded.client.ended();
  // Who only asked for what it had is not dropped, in the middle of asking again perhaps.
  const { participantId } = await asking.request('room:join', { roomId: 'ended' });
  expect(participantId).toBeDefined();
  // Those who came by the door that ended are waited for.
  await expect.poll(awaited.signalled, { timeout: 8_000 }).toEqual({ delivered: false });
  const again = await door.server.connect();
  const { sessionId } = awaited;
  expect(await again.request('session:resume', { sessionId })).toMatchObject({ kind: 'participant' });
  expect(await awaited.signalled()).toEqual({ delivered: true });
  expect(await again.refused('session:resume', { sessionId: ofEnded.sessionId })).toBe('SESSION_NOT_FOUND');

  await ofSilent.client.ended();
  expect(await late).toBe('REQUEST_TIMEOUT');
  expect(await lock(ofHanging)).toBe('NOT_HOST');
  expect(await bystander.signalled()).toEqual({ delivered: true });
});

it('begins anew with clients of whom messages were lost', async () => {
  const { owner, door, guest, sessionId, host, hosting, participantId } = await apart();
  // The owner forgets what it has sent, as after more than it may keep.
  owner.cluster.delivery.forget(door.cluster.self);
  const signal = () =>
    host.request('room:signal', { sessionId: hosting.sessionId, to: participantId, signal: 'there?' });
  await signal();
  await guest.ended();
  await expect.poll(signal).toEqual({ delivered: false });
  const again = await door.server.connect();
  expect(await again.request('session:resume', { sessionId })).toMatchObject({ kind: 'participant' });
  expect(await signal()).toEqual({ delivered: true });
  await again.next('room:signal');
});

it('refuses at once what another door is needed for while the engine is away, and goes on when it is back', async () => {
  const { engine, guest, sessionId, host, hosting, participantId } = await apart();
  engine.stop();
  expect(await guest.refused('room:setLocked', { sessionId, locked: true })).toBe('DIRECTORY_UNAVAILABLE');
  const told = { sessionId: hosting.sessionId, to: participantId, signal: 'meanwhile' };
  expect(await host.request('room:signal', told)).toEqual({ delivered: true });
  engine.start();
  expect(await signalled(guest)).toBe('meanwhile');
  expect(await guest.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
});

describe('what is no request of a door', () => {
  const ask = ({ doors, door, sessionId }: Awaited<ReturnType<typeof apart>>, change: object) => {
    const [owner] = doors as [Door];
    const request = {
      call: 'request',
      from: door.cluster.self,
      connection: 'connection-1',
      name: 'session:resume',
      payload: { sessionId },
      baseUrl: 'https://meshlift.example',
      who: 'address:1',
      tokenKind: 'session',
    };
    return door.cluster.bus
      .request(doorSubject(owner.cluster.self), { ...request, ...change }, { timeoutMs: 5_000 })
      .then(
        (answer) => (answer as { answer: { error?: { code: string } } }).answer.error?.code ?? 'done',
        (error: { code: string }) => error.code,
      );
  };

  it('reaches no handler', async () => {
    const setup = await apart();
    const { sessionId } = setup;
    for (const [change, code] of [
      [{ call: 'adopt' }, 'BAD_REQUEST'],
      [{ from: 'a.b.*' }, 'BAD_REQUEST'],
      [{ from: undefined }, 'BAD_REQUEST'],
      [{ connection: 7 }, 'BAD_REQUEST'],
      [{ name: 'stream:steal' }, 'BAD_REQUEST'],
      [{ name: '__proto__' }, 'BAD_REQUEST'],
      [{ name: 'constructor' }, 'BAD_REQUEST'],
      [{ payload: { sessionId: '../../x' } }, 'BAD_REQUEST'],
      [{ payload: JSON.parse('{"__proto__":{"sessionId":"xxxxxxxxxxxxxxxxxxxxxx"}}') }, 'BAD_REQUEST'],
      [{ baseUrl: 'javascript:alert(1)' }, 'BAD_REQUEST'],
      [{ baseUrl: `https://${'x'.repeat(3_000)}` }, 'BAD_REQUEST'],
      [{ who: 'x'.repeat(65) }, 'BAD_REQUEST'],
      [{ tokenKind: 'whip' }, 'BAD_REQUEST'],
      [{ payload: { sessionId: 'x'.repeat(2_000_000) } }, 'TOO_LARGE'],
      // Of a connection that the session does not run over.
      [{ name: 'room:setLocked', payload: { sessionId, locked: true } }, 'SESSION_NOT_FOUND'],
    ] as const) {
      expect(await ask(setup, change), JSON.stringify(change).slice(0, 100)).toBe(code);
    }
    expect(await setup.guest.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
  });

  it('is not carried out any more when its connection has ended', async () => {
    const setup = await apart();
    const { owner, door } = setup;
    expect(await ask(setup, { connection: 'connection-2' })).toBe('done');
    door.cluster.delivery.send(owner.cluster.self, FROM_CLIENTS, { ended: 'connection-2' });
    await expect.poll(() => ask(setup, { connection: 'connection-2' })).toBe('SESSION_NOT_FOUND');
    expect(await ask(setup, { connection: 'connection-3' })).toBe('done');
  });

  it('is not carried out by a door that answers for nothing it is about, and takes nothing from who does', async () => {
    const setup = await apart({ doors: 3 });
    const [, , third] = setup.doors as [Door, Door, Door];
    const elsewhere = await guestOf(third, third, 'elsewhere');
    expect(await ask(setup, { name: 'room:join', payload: { roomId: 'elsewhere' } })).toBe('STALE_OWNER');
    expect(await elsewhere.signalled()).toEqual({ delivered: true });
    expect(await third.server.metric('meshlift_participants')).toBe(2);
  });

  it('is not limited less for it: guesses of one client count together, whichever connection they come by', async () => {
    const setup = await apart();
    const guess = (n: number, who: string) =>
      ask(setup, {
        connection: `connection-${n}`,
        who,
        name: 'room:join',
        payload: { roomId: 'kitchen', hostKey: `wrong${n}` },
      });
    const codes = [];
    for (let n = 0; n < 31; n += 1) codes.push(await guess(n, 'address:guesser'));
    expect(codes.slice(0, 30)).toEqual(Array(30).fill('NOT_HOST'));
    expect(codes[30]).toBe('RATE_LIMITED');
    expect(await guess(99, 'address:other')).toBe('NOT_HOST');
  });
});

it('hands clients only what the door that answers for their session sends, and nothing that is no event', async () => {
  const { owner, door, guest, sessionId } = await apart();
  const { delivery } = owner.cluster;
  const forged = [
    { number: 1, connection: 'unknown-connection', item: { kind: 'drop' } },
    { number: 2, connection: 7, item: {} },
    'nothing of the kind',
  ];
  for (const body of forged) delivery.send(door.cluster.self, TO_CLIENTS, body);
  await expect.poll(() => guest.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
  expect(guest.received('room:locked')).toEqual([]);
});

it('leaves nothing behind at either door when everybody has gone', async () => {
  const { owner, door, guest, host, sessionId, hosting } = await apart();
  await guest.request('session:close', { sessionId });
  await host.request('session:close', { sessionId: hosting.sessionId });
  guest.close();
  host.close();
  for (const { server } of [owner, door]) {
    await expect.poll(() => server.metric('meshlift_connections')).toBe(0);
    expect(await server.metric('meshlift_participants')).toBe(0);
  }
});
