import { spawn } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@meshlift/telemetry';
import { expect, it, onTestFinished } from 'vitest';
import { type HttpLimits, HttpPort } from './http-port.ts';

async function open(app: RequestListener, limits: Partial<HttpLimits> = {}) {
  const lines: string[] = [];
  const httpPort = new HttpPort({
    app,
    limits,
    logger: createLogger('debug', { write: (line) => lines.push(line) }),
  });
  onTestFinished(() => httpPort.close());
  const port = await httpPort.listen({ port: 0, host: '127.0.0.1', variable: 'NONE' });
  return { httpPort, port, lines };
}

function dial(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Unlike `once`, it takes a reset for an end. */
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.on('close', () => resolve()));

it('a write after the end of an answer is logged and harms nothing else', async () => {
  const { port, lines } = await open((_request, response) => {
    response.end('done');
    response.write('more');
  });
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`)).text();
  expect([await ask(), await ask()]).toEqual(['done', 'done']);
  expect(lines.filter((line) => line.includes('response failed'))).toHaveLength(2);
});

it('closes connections that say nothing, and those that do not come to the end of their headers', async () => {
  const { port } = await open((_request, response) => void response.end());
  const silent = dial(port);
  const slow = dial(port);
  slow.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Never-Ends: ');
  await Promise.all([closed(silent), closed(slow)]);
}, 60_000);

it('closes the connection of one who does not read, but not of one who reads slowly', async () => {
  const ends = { never: Promise.withResolvers<void>(), slow: Promise.withResolvers<void>() };
  const size = 32 * 1024 * 1024;
  const { port } = await open(
    (request, response) => {
      request.socket.once('close', request.url === '/never' ? ends.never.resolve : ends.slow.resolve);
      response.end(Buffer.alloc(size));
    },
    { silenceMs: 1_000 },
  );
  const never = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void never.destroy());
  never.write('GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const slow = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void slow.destroy());
  slow.write('GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let read = 0;
  slow.on('data', (chunk) => {
    read += chunk.length;
    slow.pause();
    setTimeout(() => slow.resume(), 2);
  });
  await Promise.all([ends.never.promise, ends.slow.promise, closed(slow)]);
  expect(read).toBeGreaterThan(size);
});

it('closes the connection of one who does not come to the end of a body', async () => {
  const { port } = await open((request) => void request.resume(), {
    headersMs: 200,
    bodyMs: 300,
    checkMs: 50,
  });
  const slow = dial(port);
  slow.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n');
  const dribble = setInterval(() => slow.write('.'), 10);
  await closed(slow);
  clearInterval(dribble);
});

it('closes with open connections, and again without effect', async () => {
  const asked = Promise.withResolvers<void>();
  const { httpPort, port } = await open(() => asked.resolve());
  const held = dial(port);
  held.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked.promise;
  await Promise.all([httpPort.close(), httpPort.close(), closed(held)]);
  await httpPort.close();
});

it('a server that may open no more files turns clients away, and serves again when there are fewer', async () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  // Some thirty are open before anybody comes.
  const child = spawn('sh', ['-c', 'ulimit -n 90; exec "$0" "$@"', process.execPath, main], {
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
  const said = (words: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      const read = (chunk?: Buffer) => {
        output += chunk ?? '';
        const found = words.exec(output);
        if (found) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      read();
    });
  const port = Number((await said(/localhost:(\d+)/))[1]);
  const crowd = Array.from({ length: 150 }, () => dial(port));
  await Promise.race(crowd.map(closed));
  for (const socket of crowd) socket.destroy();
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status, { timeout: 10_000 })
    .toBe(200);
  expect(child.exitCode).toBeNull();
});
