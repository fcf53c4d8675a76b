import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mediasoupPackage } from './mediasoup-package.ts';
import { downloadPrebuilt } from './prebuilt.ts';

const quiet = { step: () => {}, progress: () => {} };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-prebuilt-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  vi.unstubAllEnvs();
});

/** Runs the work while a release page of our own stands in for mediasoup's. */
async function withReleasePage(answer: RequestListener, work: () => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL', `http://127.0.0.1:${port}`);
  try {
    await work();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('downloadPrebuilt', () => {
  it("unpacks the archive that mediasoup's naming points to", async () => {
    writeFileSync(join(dir, 'mediasoup-worker'), 'the program');
    const archive = execFileSync('tar', ['-czf', '-', '-C', dir, 'mediasoup-worker']);
    rmSync(join(dir, 'mediasoup-worker'));
    const asked: (string | undefined)[] = [];
    await withReleasePage(
      (request, response) => {
        asked.push(request.url);
        response.end(archive);
      },
      async () => {
        const path = await downloadPrebuilt(mediasoupPackage(), dir, quiet);
        expect(readFileSync(path, 'utf8')).toBe('the program');
      },
    );
    const { version } = mediasoupPackage();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`/${version}/mediasoup-worker-${version}-${process.platform}-${process.arch}`);
  });

  it('rejects where there is none for this platform', async () => {
    await withReleasePage(
      (_request, response) => response.writeHead(404).end(),
      () => expect(downloadPrebuilt(mediasoupPackage(), dir, quiet)).rejects.toThrow('404'),
    );
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    await withReleasePage(
      () => stop.abort(new Error('told to stop')),
      () =>
        expect(downloadPrebuilt(mediasoupPackage(), dir, quiet, stop.signal)).rejects.toThrow('told to stop'),
    );
  });
});
