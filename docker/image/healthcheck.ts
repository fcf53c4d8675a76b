/** The image's health check: ends with status 0 while the server takes new work, and with 1 otherwise. */
import { type RequestOptions, request } from 'node:http';

const { MESHLIFT_ROLE, MESHLIFT_HOST, MESHLIFT_PORT, MESHLIFT_METRICS_HOST, MESHLIFT_METRICS_PORT } =
  process.env;

/** Where the server answers: without clients of its own on the port of its metrics alone. */
function whereToAsk(): RequestOptions {
  if (MESHLIFT_ROLE !== 'sfu') return { host: reached(MESHLIFT_HOST), port: MESHLIFT_PORT || 8080 };
  if (MESHLIFT_METRICS_PORT?.startsWith('/')) return { socketPath: MESHLIFT_METRICS_PORT };
  return { host: reached(MESHLIFT_METRICS_HOST), port: MESHLIFT_METRICS_PORT || 9091 };
}

function reached(host: string | undefined): string {
  const everywhere = !host || host === '0.0.0.0' || host === '::';
  return everywhere ? '127.0.0.1' : host;
}

// Whatever else happens, it is not healthy.
process.exitCode = 1;
const asked = request({ ...whereToAsk(), path: '/readyz', signal: AbortSignal.timeout(4_000) }, (answer) => {
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
  answer.resume();
});
asked.on('error', () => {});
asked.end();
