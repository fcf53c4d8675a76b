import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { OfferRun, ProgramRun } from './offer-run.ts';

const PROGRAMS = fileURLToPath(new URL('../native', import.meta.url));
const PYTHON = process.env.MESHLIFT_PYTHON ?? '/usr/bin/python3';

const SEND = 'whip-broadcaster.py';
const RECEIVE = 'whep-viewer.py';

/** What is asked of the native programs of the tests. */
const recipes: { what: string; command: string[] }[] = [
  { what: 'publish-av-vp8', command: [SEND, '--codec', 'vp8'] },
  { what: 'publish-av-vp9', command: [SEND, '--codec', 'vp9'] },
  { what: 'publish-av-h264-baseline', command: [SEND, '--codec', 'h264', '--profile', 'baseline'] },
  { what: 'publish-av-h264-main', command: [SEND, '--codec', 'h264', '--profile', 'main'] },
  { what: 'publish-av-h264-high', command: [SEND, '--codec', 'h264', '--profile', 'high'] },
  { what: 'publish-video-vp8', command: [SEND, '--codec', 'vp8', '--no-audio'] },
  { what: 'watch-av', command: [RECEIVE, '--codecs', 'vp8,h264'] },
  { what: 'watch-av-h264', command: [RECEIVE, '--codecs', 'h264'] },
  { what: 'watch-video', command: [RECEIVE, '--codecs', 'vp8,vp9,h264', '--no-audio'] },
];

/** The offers of GStreamer's webrtcbin; undefined where it is not installed. */
export async function runGStreamer(): Promise<ProgramRun | undefined> {
  const asked = spawnSync(
    PYTHON,
    [
      '-c',
      'import sys; sys.path.insert(0, sys.argv[1]); import session; print(*session.Gst.version()[:3], sep=".")',
      PROGRAMS,
    ],
    { encoding: 'utf8' },
  );
  if (asked.status !== 0) return undefined;
  const server = createServer(async (request, response) => {
    const sdp = await text(request);
    response.statusCode = 503;
    response.end();
    server.emit('offer', sdp);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const offers: OfferRun[] = [];
  for (const { what, command } of recipes) {
    const [program = '', ...options] = command;
    const offered = once(server, 'offer', { signal: AbortSignal.timeout(30_000) });
    // Refused, it ends by itself.
    const child = spawn(PYTHON, [`${PROGRAMS}/${program}`, `http://127.0.0.1:${port}/`, ...options], {
      stdio: 'ignore',
    });
    const [sdp] = await offered;
    await once(child, 'exit');
    offers.push({ what, settings: `webrtcbin by client-plugin/e2e/native/${command.join(' ')}`, sdp });
  }
  server.close();
  return { program: 'gstreamer', version: asked.stdout.trim(), offers };
}
