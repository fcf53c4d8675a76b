import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import type { PathFailures } from './path-failures.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Brings what the media node tells of a session to the session it tells it of. */
export function followMediaEvents(node: MediaNode, sessions: SessionRegistry, failures: PathFailures): void {
  const session = (id: string) => sessions.find(id);
  node.on('sessionClosed', ({ sessionId, code, failedPath }) => {
    const lost = session(sessionId);
    if (!lost) return;
    const error = failedPath ? failures.report(lost, code, failedPath) : new MeshliftError(code);
    void lost.owner.sessionLost(lost, error);
  });
  node.on('pathAbandoned', ({ sessionId, failedPath }) => {
    failures.report(session(sessionId), 'TRANSPORT_TIMEOUT', failedPath);
  });
  node.on('mediaMissing', ({ sessionId, failedPath }) => {
    const missing = session(sessionId);
    missing?.send('session:media', failures.report(missing, 'MEDIA_MISSING', failedPath).toBody());
  });
  node.on('mediaPasses', ({ sessionId }) => session(sessionId)?.send('session:media', {}));
  node.on('layersWanted', ({ sessionId, ...wanted }) => session(sessionId)?.send('producer:wanted', wanted));
  node.on('consumerOpened', ({ sessionId, ...opened }) =>
    session(sessionId)?.send('consumer:opened', opened),
  );
  node.on('consumerClosed', ({ sessionId, ...closed }) =>
    session(sessionId)?.send('consumer:closed', closed),
  );
  node.on('consumerPaused', ({ sessionId, ...paused }) =>
    session(sessionId)?.send('consumer:paused', paused),
  );
  node.on('consumerLayers', ({ sessionId, ...layers }) =>
    session(sessionId)?.send('consumer:layers', layers),
  );
}
