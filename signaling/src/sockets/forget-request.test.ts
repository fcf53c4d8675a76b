import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOL_VERSION } from '@meshlift/protocol';
import { io } from 'socket.io-client';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const CANARIES = ['canaryorigin', 'canaryreferer', 'canaryagent', 'canarylanguage', 'canarycookie'];

it('V23 T4: what a browser said of itself and its page is not in the memory once it is let in', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'meshlift-heap-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const child = spawn(process.execPath, ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${dir}`, MAIN], {
    env: {
      ...process.env,
      MESHLIFT_PORT: '0',
      MESHLIFT_RTC_PORT: '0',
      MESHLIFT_METRICS_PORT: '0',
      MESHLIFT_HOST: '127.0.0.1',
      MESHLIFT_WORKERS: '1',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  await expect.poll(() => output, { timeout: 10_000 }).toContain('Other hosts');
  const url = /http:\/\/localhost:\d+/.exec(output)?.[0] ?? '';
  const socket = io(url, {
    transports: ['websocket'],
    auth: { protocol: PROTOCOL_VERSION },
    extraHeaders: {
      origin: 'https://canaryorigin.example',
      referer: 'https://canaryreferer.example/page',
      'user-agent': 'canaryagent',
      'accept-language': 'canarylanguage',
      cookie: 'other=canarycookie',
    },
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve) => socket.once('server:welcome', () => resolve()));
  // Node's parser holds the headers of the last request until the next comes over another connection.
  for (let i = 0; i < 20; i += 1) await fetch(`${url}/healthz`, { headers: { connection: 'close' } });
  child.kill('SIGUSR2');
  const snapshot = () => readdirSync(dir).map((name) => join(dir, name))[0] ?? '';
  const whole = () => existsSync(snapshot()) && readFileSync(snapshot(), 'utf8').trimEnd().endsWith('}');
  await expect.poll(whole, { timeout: 30_000 }).toBe(true);
  const heap = readFileSync(snapshot(), 'utf8');
  expect(socket.connected).toBe(true);
  expect(CANARIES.filter((canary) => heap.includes(canary))).toEqual([]);
});
