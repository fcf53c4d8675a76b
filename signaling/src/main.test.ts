import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ServerProcess } from './testing/server-process.ts';

it('stops at a wrong value with the variable, the value and what is allowed', async () => {
  const server = new ServerProcess({ MESHLIFT_WORKERS: 'many' });
  await server.said('MESHLIFT_WORKERS cannot be "many". Allowed: 1 to 256.');
  expect(await server.exitCode()).toBe(2);
  expect(server.output).not.toContain('    at ');
});

it('stops when its port is in use and says which', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const server = new ServerProcess({ MESHLIFT_PORT: String(port) });
  await server.said(`Port ${port} cannot be opened: it is in use. Set MESHLIFT_PORT`);
  expect(await server.exitCode()).toBe(1);
});

it('stops at a name to announce that does not resolve', async () => {
  // RFC 6761, section 6.4: a name that nobody has.
  const server = new ServerProcess({ MESHLIFT_ANNOUNCED_ADDRESS: '203.0.113.7, nobody.invalid' });
  await server.said('MESHLIFT_ANNOUNCED_ADDRESS has the name nobody.invalid, which does not resolve');
  expect(await server.exitCode()).not.toBe(0);
  expect(server.output).not.toContain('    at ');
});

it('announces several addresses, IPv4 and IPv6', async () => {
  const server = new ServerProcess({
    MESHLIFT_HOST: '',
    MESHLIFT_ANNOUNCED_ADDRESS: '203.0.113.7,2001:db8::7, 203.0.113.8',
  });
  await server.said('Media arrives at 203.0.113.7, 2001:db8::7, 203.0.113.8;');
});

it('warns of a TURN password that everybody is told, and does not log it', async () => {
  const server = new ServerProcess({
    MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org","username":"u5er","credential":"hunter2"}]',
  });
  await server.said('Meshlift is ready');
  expect(server.output).toMatch(/"level":"warn".*MESHLIFT_TURN_SECRET/);
  expect(server.output).not.toMatch(/hunter2|u5er/);
});

it('says nothing of TURN passwords that are good for an hour', async () => {
  const server = new ServerProcess({
    MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org"}]',
    MESHLIFT_TURN_SECRET: 'a secret of some length',
  });
  await server.said('Meshlift is ready');
  expect(server.output).not.toMatch(/"level":"warn".*TURN|some length/);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'V13: says where it serves and whom it contacts, and closes on %s',
  async (signal) => {
    const server = new ServerProcess();
    await server.said('Other hosts that browsers are told to contact: none.');
    expect(server.output).toMatch(/Meshlift is ready after [\d.]+ s: http:\/\/localhost:\d+/);
    server.child.kill(signal);
    await server.said('"msg":"stopped"');
    expect(await server.exitCode()).toBe(0);
  },
);

it.each(['SIGTERM', 'SIGINT'] as const)(
  'hears %s while it starts, and ends without serving',
  async (signal) => {
    const server = new ServerProcess({ MESHLIFT_NO_SUCH: 'x' });
    await server.said('MESHLIFT_NO_SUCH');
    server.child.kill(signal);
    expect(await server.exitCode()).toBe(0);
    expect(server.output).not.toContain('Meshlift is ready');
    expect(server.output).toContain('"msg":"stopped"');
  },
);

it('J18: at silent writes where it serves, and nothing from then on to its end', async () => {
  const server = new ServerProcess({ MESHLIFT_LOG_LEVEL: 'silent', MESHLIFT_NO_SUCH: 'x' });
  await server.said('Other hosts that browsers are told to contact: none.\n\n');
  const announced = server.output;
  expect(announced).toMatch(
    /^\n {2}Meshlift is ready after [^\n]*\n {2}Media arrives [^\n]*\n {2}Other hosts [^\n]*\n\n$/,
  );
  expect((await fetch(`${server.url}/nothing/of/the/kind`)).status).toBe(404);
  expect(
    (await fetch(`${server.url}/whip/secret`, { method: 'POST', body: 'nonsense' })).status,
  ).toBeGreaterThan(399);
  server.child.kill('SIGTERM');
  expect(await server.exitCode()).toBe(0);
  expect(server.output).toBe(announced);
});

it('says which version it is: /healthz, the log and the metrics', async () => {
  const server = new ServerProcess();
  await server.said('Other hosts');
  const health = (await (await fetch(`${server.url}/healthz`)).json()) as {
    version: string;
    revision?: string;
  };
  expect(health).toMatchObject({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  await server.said('"msg":"ready"');
  expect(server.output).toContain(`"version":"${health.version}"`);
  const metrics = await server.metrics();
  expect(metrics).toContain(
    `meshlift_build_info{version="${health.version}",revision="${health.revision ?? ''}"} 1`,
  );
  server.child.kill('SIGKILL');
});
