import { describeFinding, type IngestReport, type MediaNode, type StreamStatus } from '@meshlift/protocol';
import type { Stream } from './stream.ts';
import { streamLinks } from './stream-links.ts';

/** An ID that somebody chose and that is shorter than this can be found by trying (a word or two). */
const WEAK_ID_LENGTH = 12;

/**
 * How a stream stands, for its publisher.
 *
 * @throws MeshliftError `STREAM_NOT_FOUND` for one that has ended
 */
export async function statusOf(stream: Stream, node: MediaNode, baseUrl: string): Promise<StreamStatus> {
  stream.assertNotEnded();
  const { state, viewerCount: viewers, source } = stream;
  const { sender } = source;
  const report = sender?.by === 'whip' ? await inspect(node, sender.sessionId) : NOTHING;
  const weak = stream.id.length < WEAK_ID_LENGTH ? [describeFinding('STREAM_ID_WEAK', 'hint', {})] : [];
  return {
    ...streamLinks(baseUrl, stream.id),
    state: state === 'ended' ? 'waiting' : state,
    viewers,
    source: sender?.by ?? null,
    report: { ...report, findings: [...report.findings, ...weak] },
  };
}

const NOTHING: IngestReport = { tracks: [], findings: [] };

/** An ingest that closes meanwhile has nothing more to tell. */
async function inspect(node: MediaNode, sessionId: string): Promise<IngestReport> {
  try {
    return await node.inspectIngest(sessionId);
  } catch {
    return NOTHING;
  }
}
