import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

const freePorts = {
  MESHLIFT_PORT: '0',
  MESHLIFT_RTC_PORT: '0',
  MESHLIFT_METRICS_PORT: '0',
  MESHLIFT_HOST: '127.0.0.1',
  MESHLIFT_WORKERS: '1',
};

/** The server as an operator runs it. */
function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...freePorts, ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (chunk?: Buffer) => {
        output += chunk?.toString() ?? '';
        if (output.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      look();
    });
  return { child, said, output: () => output };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'close');
  return child.exitCode;
}

it('stops at a wrong value with the variable, the value and what is allowed', async () => {
  const { child, said, output } = start({ MESHLIFT_WORKERS: 'many' });
  await said('MESHLIFT_WORKERS cannot be "many". Allowed: 1 to 256.');
  expect(await exitCode(child)).toBe(2);
  expect(output()).not.toContain('    at ');
});

it('stops when its port is in use and says which', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const { child, said } = start({ MESHLIFT_PORT: String(port) });
  await said(`Port ${port} cannot be opened: it is in use. Set MESHLIFT_PORT`);
  expect(await exitCode(child)).toBe(1);
});

it('stops at a name to announce that does not resolve', async () => {
  // RFC 6761, section 6.4: a name that nobody has.
  const { child, said, output } = start({ MESHLIFT_ANNOUNCED_ADDRESS: '203.0.113.7, nobody.invalid' });
  await said('MESHLIFT_ANNOUNCED_ADDRESS has the name nobody.invalid, which does not resolve');
  expect(await exitCode(child)).not.toBe(0);
  expect(output()).not.toContain('    at ');
});

it('announces several addresses, IPv4 and IPv6', async () => {
  const { said } = start({
    MESHLIFT_HOST: '',
    MESHLIFT_ANNOUNCED_ADDRESS: '203.0.113.7,2001:db8::7, 203.0.113.8',
  });
  await said('Media arrives at 203.0.113.7, 2001:db8::7, 203.0.113.8;');
});

it('warns of a TURN password that everybody is told, and does not log it', async () => {
  const { said, output } = start({
    MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org","username":"u5er","credential":"hunter2"}]',
  });
  await said('Meshlift is ready');
  expect(output()).toMatch(/"level":"warn".*MESHLIFT_TURN_SECRET/);
  expect(output()).not.toMatch(/hunter2|u5er/);
});

it('says nothing of TURN passwords that are good for an hour', async () => {
  const { said, output } = start({
    MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org"}]',
    MESHLIFT_TURN_SECRET: 'a secret of some length',
  });
  await said('Meshlift is ready');
  expect(output()).not.toMatch(/"level":"warn".*TURN|some length/);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'V13: says where it serves and whom it contacts, and closes on %s',
  async (signal) => {
    const { child, said, output } = start({});
    await said('Other hosts that browsers are told to contact: none.');
    expect(output()).toMatch(/Meshlift is ready after [\d.]+ s: http:\/\/localhost:\d+/);
    child.kill(signal);
    await said('"msg":"stopped"');
    expect(await exitCode(child)).toBe(0);
  },
);

it.each(['SIGTERM', 'SIGINT'] as const)(
  'hears %s while it starts, and ends without serving',
  async (signal) => {
    const { child, said, output } = start({ MESHLIFT_NO_SUCH: 'x' });
    await said('MESHLIFT_NO_SUCH');
    child.kill(signal);
    expect(await exitCode(child)).toBe(0);
    expect(output()).not.toContain('Meshlift is ready');
    expect(output()).toContain('"msg":"stopped"');
  },
);

it('J18: at silent writes where it serves, and nothing from then on to its end', async () => {
  const { child, said, output } = start({ MESHLIFT_LOG_LEVEL: 'silent', MESHLIFT_NO_SUCH: 'x' });
  await said('Other hosts that browsers are told to contact: none.\n\n');
  const announced = output();
  expect(announced).toMatch(
    /^\n {2}Meshlift is ready after [^\n]*\n {2}Media arrives [^\n]*\n {2}Other hosts [^\n]*\n\n$/,
  );
  const url = /http:\/\/localhost:\d+/.exec(announced)?.[0] ?? '';
  expect((await fetch(`${url}/nothing/of/the/kind`)).status).toBe(404);
  expect((await fetch(`${url}/whip/secret`, { method: 'POST', body: 'nonsense' })).status).toBeGreaterThan(
    399,
  );
  child.kill('SIGTERM');
  expect(await exitCode(child)).toBe(0);
  expect(output()).toBe(announced);
});

it('says which version it is: /healthz, the log and the metrics', async () => {
  const { child, said, output } = start({});
  await said('Other hosts');
  const [, url = '', metricsPort = ''] =
    /(http:\/\/localhost:\d+)[\s\S]*metrics are on port (\d+)/.exec(output()) ?? [];
  const health = (await (await fetch(`${url}/healthz`)).json()) as { version: string; revision?: string };
  expect(health).toMatchObject({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  await said('"msg":"ready"');
  expect(output()).toContain(`"version":"${health.version}"`);
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(metrics).toContain(
    `meshlift_build_info{version="${health.version}",revision="${health.revision ?? ''}"} 1`,
  );
  child.kill('SIGKILL');
});
