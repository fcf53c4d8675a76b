import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreatedStream } from '@meshlift/protocol';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventStream } from '../testing/event-stream.ts';
import { ask, play, publishLive, sessionUrl } from '../testing/sdp-client.ts';
import { TestClient, TestServer } from '../testing/test-server.ts';

const README = new URL('../../../README.md', import.meta.url);

/** Where README says that the server is. */
const UPSTREAM = '127.0.0.1:8080';

/** What README has an operator write into the configuration of a proxy. */
function linesOf(proxy: string): string[] {
  const row = readFileSync(README, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${proxy} |`));
  return [...(row ?? '').matchAll(/`([^`]+)`/g)].map(([, line = '']) => line);
}

interface Ending {
  /** A folder of the proxy's own, with a certificate in it. */
  dir: string;
  port: number;
  lines: string[];
}

/** How each of them is run; what matters to Meshlift is in the lines. */
const proxies = {
  nginx: {
    program: process.env.MESHLIFT_NGINX,
    config: ({ dir, port, lines }: Ending) => `daemon off; pid ${dir}/pid; error_log stderr;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${dir}/certificate.pem; ssl_certificate_key ${dir}/key.pem;
    location / {
      ${lines.join('\n      ')}
    }
  }
}
`,
    args: (file: string, dir: string) => ['-p', dir, '-c', file],
  },
  HAProxy: {
    program: process.env.MESHLIFT_HAPROXY,
    config: ({ dir, port, lines }: Ending) => `defaults
  mode http
  timeout connect 5s
  timeout client 1m
  timeout server 1m
listen meshlift
  bind 127.0.0.1:${port} ssl crt ${dir}/both.pem
  ${lines.join('\n  ')}
  server meshlift ${UPSTREAM}
`,
    args: (file: string) => ['-db', '-f', file],
  },
  Caddy: {
    program: process.env.MESHLIFT_CADDY,
    config: ({ dir, port, lines }: Ending) => `{
  admin off
  skip_install_trust
  auto_https disable_redirects
  storage file_system ${dir}/storage
}
https://localhost:${port} {
  bind 127.0.0.1
  tls ${dir}/certificate.pem ${dir}/key.pem
  ${lines.join('\n  ')}
}
`,
    args: (file: string) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A proxy in front of a server, set up by README. @returns where it serves */
async function startProxy(name: keyof typeof proxies, server: TestServer): Promise<string> {
  const { program = '', config, args } = proxies[name];
  const dir = mkdtempSync(join(tmpdir(), 'meshlift-proxy-'));
  mkdirSync(join(dir, 'logs'));
  makeCertificate(dir);
  const port = await freePort();
  const file = join(dir, 'config');
  const text = config({ dir, port, lines: linesOf(name) });
  expect(text).toContain(UPSTREAM);
  writeFileSync(file, text.replaceAll(UPSTREAM, `127.0.0.1:${server.port}`));
  const child = spawn(program, args(file, dir), { env: { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  onTestFinished(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await once(child, 'exit');
      clearTimeout(late);
    }
    rmSync(dir, { recursive: true, force: true });
  });
  const url = `https://localhost:${port}`;
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) expect.unreachable(`${name} has ended: ${output}`);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    },
    { timeout: 10_000 },
  );
  return url;
}

function makeCertificate(dir: string): void {
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  writeFileSync(join(dir, 'both.pem'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
}

/** Nobody vouches for the certificate. */
beforeEach(() => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  return () => vi.unstubAllEnvs();
});

describe.each(['nginx', 'HAProxy', 'Caddy'] as const)('behind %s with the lines of README', (name) => {
  it.skipIf(!proxies[name].program)(
    'pages, sockets, polls, WHIP, WHEP and its events work over HTTPS',
    async () => {
      const server = await TestServer.start({ trustedProxies: 1 });
      const url = await startProxy(name, server);
      const proxied = { url, metric: (metric: string) => server.metric(metric) };

      for (const path of ['/', '/studio', '/meshlift.mjs']) {
        const response = await fetch(url + path);
        expect([path, response.status]).toEqual([path, 200]);
      }
      const created = (await (await fetch(`${url}/api/streams`, { method: 'POST' })).json()) as CreatedStream;
      const { streamId, publishKey, ...links } = created;
      for (const link of Object.values(links)) expect(link).toMatch(`${url}/`);

      for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']] as const) {
        const client = new TestClient(url, { transports: [...transports], rejectUnauthorized: false });
        onTestFinished(() => client.close());
        await client.next('server:welcome');
        await expect.poll(() => client.socket.io.engine.transport.name).toBe(transports.at(-1));
        const { links } = await client.request('stream:publish', { streamId, publishKey });
        expect(links.watchUrl).toMatch(`${url}/watch/`);
      }

      const { url: ingest } = await publishLive(proxied, { streamId, publishKey }, 'audio');
      expect(ingest).toMatch(`${url}/whip/sessions/`);
      const played = await play(proxied, streamId);
      expect(sessionUrl(played)).toMatch(`${url}/whep/sessions/`);
      expect(played.headers.get('link')).toContain(`<${url}/`);
      const subscribed = await ask('POST', `${sessionUrl(played)}/events`, { body: '["viewercount"]' });
      const events = await EventStream.open(new URL(subscribed.headers.get('location') ?? '', url).href);
      await expect.poll(() => events.last('viewercount')).toEqual({ viewercount: 1 });
      // They did not come with the end of the session, which is when a proxy that keeps back what it has not whole sends them.
      expect(await server.metric('meshlift_sessions')).toBe(2);
      for (const session of [sessionUrl(played), ingest]) {
        expect((await ask('DELETE', session)).status).toBe(200);
      }
      expect(server.log.join()).not.toContain('MESHLIFT_TRUSTED_PROXIES');
    },
  );
});
