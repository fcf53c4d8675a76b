import type { MediaNode } from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import express, { type Express } from 'express';
import type { Cluster } from './cluster/cluster.ts';
import type { Departures } from './cluster/departures.ts';
import type { Config } from './config/config.ts';
import type { Version } from './config/version.ts';
import { allowOrigins } from './http/allow-origins.ts';
import { answerErrors, notFound } from './http/errors.ts';
import { ForwardingWatch } from './http/forwarded.ts';
import { frameRulesApi } from './http/frame-rules-api.ts';
import { healthRoutes, type Readiness } from './http/health.ts';
import { noIndex, permissionsPolicy } from './http/page-headers.ts';
import { servePages } from './http/pages.ts';
import { framedBy, securityHeaders } from './http/security-headers.ts';
import { streamsApi } from './http/streams-api.ts';
import { privacyApi } from './privacy/privacy-api.ts';
import type { SessionRegistry } from './sessions/session-registry.ts';
import type { SessionTokens } from './sessions/session-tokens.ts';
import { type Gateway, SIGNALING_PATH } from './sockets/gateway.ts';
import { pollingRoute } from './sockets/polling-route.ts';
import type { OrphanedViewers } from './streams/orphaned-viewers.ts';
import { OwnerRequests } from './streams/owner-requests.ts';
import type { Streams } from './streams/streams.ts';
import { describeEndpoint, describeSession } from './whip/options.ts';
import { whepApi } from './whip/whep-api.ts';
import { whipApi } from './whip/whip-api.ts';

export interface AppContext {
  version: Version;
  config: Config;
  cluster: Cluster;
  logger: Logger;
  streams: Streams;
  node: MediaNode;
  departures: Departures;
  tokens: SessionTokens;
  registry: SessionRegistry;
  orphans: OrphanedViewers;
  readiness: Readiness;
  gateway: Gateway;
}

/** Everything that is answered over HTTP on the public port. */
export function createApp({
  config,
  cluster,
  logger,
  streams,
  node,
  departures,
  tokens,
  registry,
  orphans,
  readiness,
  gateway,
  version,
}: AppContext): Express {
  const owners = new OwnerRequests({ cluster, streams });
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  const forwarding = new ForwardingWatch(config, logger);
  app.use((request, _response, next) => {
    forwarding.look(request);
    next();
  });
  app.use(healthRoutes(readiness, version));
  app.use(securityHeaders(), permissionsPolicy, noIndex);
  app.use('/embed', framedBy(config.frameOrigins));
  app.options(['/whip/:streamId', '/whep/:streamId'], describeEndpoint(config));
  app.options(['/whip/sessions/:token', '/whep/sessions/:token'], describeSession);
  app.use(allowOrigins(config));
  app.use(SIGNALING_PATH, pollingRoute(gateway));
  app.use('/api/streams', streamsApi({ streams, config, node, owners }));
  const sdp = { config, cluster, departures, streams, node, tokens, registry, orphans };
  app.use('/whip', whipApi({ ...sdp, owners }));
  app.use('/whep', whepApi(sdp));
  app.use(privacyApi(config, logger));
  app.use(frameRulesApi(config));
  app.use(servePages());
  app.use(notFound);
  app.use(answerErrors(logger));
  return app;
}
