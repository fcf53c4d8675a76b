/** The image's health check: ends with status 0 while the server takes new work, and with 1 otherwise. */
const { MESHLIFT_HOST, MESHLIFT_PORT } = process.env;
const everywhere = !MESHLIFT_HOST || MESHLIFT_HOST === '0.0.0.0' || MESHLIFT_HOST === '::';
const address = everywhere ? '127.0.0.1' : MESHLIFT_HOST;
const host = address.includes(':') ? `[${address}]` : address;

const answer = await fetch(`http://${host}:${MESHLIFT_PORT || 8080}/readyz`, {
  signal: AbortSignal.timeout(4_000),
}).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
