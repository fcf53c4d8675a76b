import { randomBytes } from 'node:crypto';
import { Seal } from '@meshlift/cluster';
import { sessionIdSchema } from '@meshlift/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestClient, TestServer } from '../testing/test-server.ts';
import type { Client, SessionOwner, SessionRole, TokenKind } from './session.ts';
import { SessionRegistry } from './session-registry.ts';
import { SessionTokens } from './session-tokens.ts';

const LONGEST_NAME = 'n'.repeat(64);

/** The sessions of one process. */
function door(seal: Seal, self = 'door') {
  const tokens = new SessionTokens({ seal, self });
  const registry = new SessionRegistry(tokens);
  const open = (kind: TokenKind, role: SessionRole = 'viewer', logFields: SessionOwner['logFields'] = {}) => {
    const owner = { logFields } as SessionOwner;
    const client = { tokenKind: kind, forget: () => undefined } as unknown as Client;
    const session = registry.create({ role, owner, client });
    registry.add(session);
    return session;
  };
  return { tokens, registry, open };
}

const refusalOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'not refused';
};

const sealed = ['session', 'whip', 'whep'] as const;

describe('a session token', () => {
  it('says, to every process with the key, whose session it is and where', () => {
    const secret = randomBytes(32);
    const here = door(new Seal([secret]), 'this-door');
    const there = door(new Seal([secret]), 'another-door');
    const viewer = here.open('whep', 'viewer', { streamId: 'show' });
    expect(there.tokens.open('whep', viewer.token)).toEqual({
      ...{ role: 'viewer', id: viewer.id, door: 'this-door', node: 'this-door', streamId: 'show' },
    });
    const member = here.open('session', 'participant', { roomId: 'kitchen' });
    expect(there.tokens.open('session', member.token)).toEqual({
      ...{ role: 'participant', id: member.id, door: 'this-door', roomId: 'kitchen' },
    });
    expect(refusalOf(() => there.registry.get('session', member.token))).toBe('SESSION_NOT_FOUND');
  });

  it.each(sealed)('fits into its schema, and shows neither names nor IDs (%s)', (kind) => {
    const { open } = door(Seal.random(), LONGEST_NAME);
    const { token, id } = open(kind, 'publisher', { streamId: LONGEST_NAME });
    expect(sessionIdSchema.safeParse(token).success).toBe(true);
    for (const secret of [id, LONGEST_NAME]) {
      expect(Buffer.from(token, 'base64url').includes(secret)).toBe(false);
      expect(token).not.toContain(secret);
    }
  });

  it('for version 1 of the protocol is as short as its clients take', () => {
    const { open, registry } = door(Seal.random());
    const session = open('short');
    expect(session.token.length).toBeLessThanOrEqual(64);
    expect(session.token).not.toBe(session.id);
    expect(registry.get('short', session.token)).toBe(session);
    for (const kind of sealed) {
      expect(refusalOf(() => registry.get(kind, session.token))).toBe('SESSION_NOT_FOUND');
    }
    registry.remove(session);
    expect(refusalOf(() => registry.get('short', session.token))).toBe('SESSION_NOT_FOUND');
  });

  it('is none for clients of another kind, nor the name by which the media node knows the session', () => {
    const { open, registry } = door(Seal.random());
    for (const kind of sealed) {
      const session = open(kind);
      expect(registry.get(kind, session.token)).toBe(session);
      expect(refusalOf(() => registry.get(kind, session.id))).toBe('SESSION_NOT_FOUND');
      for (const other of [...sealed, 'short'] as const) {
        if (other !== kind)
          expect(refusalOf(() => registry.get(other, session.token))).toBe('SESSION_NOT_FOUND');
      }
    }
  });

  it('is good for nothing once its session is over, but for saying that another took its place', () => {
    const { open, registry } = door(Seal.random());
    for (const kind of [...sealed, 'short'] as const) {
      const [ended, replaced] = [open(kind), open(kind)];
      registry.remove(ended);
      registry.remove(replaced, 'SESSION_REPLACED');
      expect(refusalOf(() => registry.get(kind, ended.token))).toBe('SESSION_NOT_FOUND');
      expect(refusalOf(() => registry.get(kind, replaced.token))).toBe('SESSION_REPLACED');
    }
  });

  it('outlives the rotation of the key, as long as the old one is still in use', () => {
    const [old, next, later] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const { token, id } = door(new Seal([old])).open('session');
    expect(door(new Seal([next, old])).tokens.open('session', token)?.id).toBe(id);
    expect(door(new Seal([later, next])).tokens.open('session', token)).toBeUndefined();
  });

  it('that was altered, cut, lengthened, spelled otherwise or made up is none', () => {
    const { open, registry } = door(Seal.random());
    const session = open('session', 'publisher', { streamId: 'show' });
    const { token } = session;
    const foreign = door(Seal.random()).open('session').token;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.\u0000é';
    const place = fc.nat(token.length - 1);
    const forged = fc.oneof(
      fc
        .tuple(place, fc.constantFrom(...alphabet))
        .map(([at, letter]) => token.slice(0, at) + letter + token.slice(at + 1)),
      place.map((at) => token.slice(0, at)),
      fc.tuple(place, place).map(([from, to]) => token.slice(0, from) + token.slice(to)),
      fc.tuple(place, place).map(([own, theirs]) => token.slice(0, own) + foreign.slice(theirs)),
      fc.string({ maxLength: 600 }).map((more) => token + more),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', '', token.toLowerCase(), `${token}=`, ` ${token}`),
    );
    fc.assert(
      fc.property(forged, (text) => {
        const expected = text === token ? 'not refused' : 'SESSION_NOT_FOUND';
        expect(refusalOf(() => registry.get('session', text))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(registry.get('session', token)).toBe(session);
  });
});

describe('a server', () => {
  it('takes no session over for a forged token, and changes nothing', async () => {
    const server = await TestServer.start();
    const owner = await server.connect();
    const { sessionId } = await owner.request('stream:publish', await server.createStream());
    const thief = await server.connect();
    const flipped = (at: number) =>
      sessionId.slice(0, at) + (sessionId[at] === 'A' ? 'B' : 'A') + sessionId.slice(at + 1);
    const forged = [
      ...[0, 3, 20, 70, 120, sessionId.length - 30, sessionId.length - 2].map(flipped),
      sessionId.slice(0, -1),
      `${sessionId}AAAA`,
      door(Seal.random()).open('session').token,
    ];
    for (const token of forged) {
      for (const request of ['session:resume', 'session:close', 'transport:restartIce'] as const) {
        expect(await thief.refused(request, { sessionId: token })).toBe('SESSION_NOT_FOUND');
      }
    }
    expect((await owner.request('transport:restartIce', { sessionId })).iceParameters).toBeDefined();
    await thief.request('session:resume', { sessionId });
    await thief.request('session:close', { sessionId });
    expect(await owner.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  });

  it('of another process, or after a restart, knows none of its tokens', async () => {
    const [first, second] = [await TestServer.start(), await TestServer.start()];
    const client = await first.connect();
    const { sessionId } = await client.request('stream:publish', await first.createStream());
    const other = await second.connect();
    expect(await other.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  });

  it('resumes a session of a client of version 1 for such a client alone', async () => {
    const server = await TestServer.start();
    const old = await Promise.all(
      [1, 1].map(async (protocol) => {
        const client = new TestClient(server.url, { protocol });
        await client.next('server:welcome');
        return client;
      }),
    );
    const [first, second] = old as [TestClient, TestClient];
    try {
      const { sessionId } = await first.request('stream:publish', await server.createStream());
      expect(sessionId.length).toBeLessThanOrEqual(64);
      const present = await server.connect();
      expect(await present.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
      expect((await second.request('session:resume', { sessionId })).kind).toBe('publisher');
    } finally {
      for (const client of old) client.close();
    }
  });

  it('writes no token to its log', async () => {
    const server = await TestServer.start();
    const client = await server.connect();
    const { sessionId } = await client.request('stream:publish', await server.createStream());
    await client.refused('session:resume', { sessionId: `${sessionId}A` });
    await client.request('session:close', { sessionId });
    expect(server.log.join('')).not.toContain(sessionId.slice(0, 40));
  });
});
