/**
 * Builds the examples and serves them, with what their libraries need beside them: PeerServer for PeerJS, and
 * introductions for simple-peer. `MESHLIFT_EXAMPLES_PORT` is the port, 8100 unless said otherwise; 0 takes one
 * that is free.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { ExpressPeerServer } from 'peer';
import { build } from 'vite';
import { serveIntroductions } from './simple-peer/introduction-server.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(ROOT, 'dist');
const PORT = Number(process.env.MESHLIFT_EXAMPLES_PORT ?? 8100);
const PEER_SERVER = '/peer-server';
const pages = Object.fromEntries(
  ['.', 'peerjs', 'simple-peer', 'player', 'frame', 'room'].map((name) => [name, join(name, 'index.html')]),
);

async function buildPages(): Promise<void> {
  await build({
    root: ROOT,
    base: '/',
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    // What simple-peer is for Node.js builds on its streams; for browsers it brings a build without.
    resolve: { alias: { 'simple-peer': 'simple-peer/simplepeer.min.js' } },
    build: {
      outDir: DIST,
      emptyOutDir: true,
      target: 'es2022',
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(pages).map(([name, file]) => [name, join(ROOT, file)])),
      },
    },
  });
}

await buildPages();
const app = express();
const http = createServer(app);
serveIntroductions(http);
// PeerServer refuses every WebSocket that is not for it, so that it must not see those of others.
const peerSockets = createServer();
http.on('upgrade', (request, socket, head) => {
  if (request.url?.startsWith(`${PEER_SERVER}/`)) peerSockets.emit('upgrade', request, socket, head);
});
app.use(PEER_SERVER, ExpressPeerServer(peerSockets, { allow_discovery: true }));
app.use(express.static(DIST));
try {
  http.listen(PORT);
  await once(http, 'listening');
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE') throw error;
  process.stderr.write(
    `Port ${PORT} is in use. Set MESHLIFT_EXAMPLES_PORT to another; 0 takes one that is free.\n`,
  );
  process.exit(1);
}
const url = `http://localhost:${(http.address() as AddressInfo).port}`;
process.stdout.write(`
PeerJS       ${url}/peerjs/
simple-peer  ${url}/simple-peer/
player       ${url}/player/
frame        ${url}/frame/
room         ${url}/room/

Open one of the rooms in two tabs. Add ?source=test for a picture without a camera, and
?server=http://localhost:8080 for the Meshlift server, which is this one unless said otherwise.
`);
