import type { ConsumerOptions, RtpCapabilities, Subscription } from '@meshlift/protocol';
import { FIRST_BANDWIDTH_ESTIMATE } from '@meshlift/protocol/bandwidth';
import type { Relay } from '../media/relay.ts';
import type { SessionTransport } from '../media/session-transport.ts';
import type { MissedTrack } from '../media/viewer.ts';
import { type AnswerSection, writeAnswer } from './answer.ts';
import { nameOf, type SdpCodec } from './codecs.ts';
import { parseIceFragment, writeIceFragment } from './ice-fragment.ts';
import { planIngest } from './ingest-plan.ts';
import { type MediaSection, parseOffer } from './offer.ts';
import { type PlaybackPlan, planPlayback } from './playback-plan.ts';
import { SdpError } from './sdp-error.ts';

interface IngestByOffer {
  sessionId: string;
  sourceId: string;
  offer: string;
  /** What routers can take. */
  served: RtpCapabilities;
}

/**
 * Takes in what an SDP offer sends: an ingest and its producers, connected. When any step fails nothing is left of it,
 * and what the source sent before goes on.
 *
 * @throws MeshliftError `SDP_INVALID`, `SDP_UNSUPPORTED`, or what the relay refuses
 */
export async function ingestByOffer(
  relay: Relay,
  { sessionId, sourceId, offer: text, served }: IngestByOffer,
): Promise<{ answer: string }> {
  const offer = parseOffer(text);
  const tracks = planIngest(offer, served);
  const ingest = await relay.openIngest({ sessionId, sourceId, inspected: true });
  try {
    for (const { kind, rtpParameters } of tracks) {
      await ingest.openProducer({ kind, rtpParameters, paused: false });
    }
    await ingest.transport.connect(offer.dtls, offer.ice);
    relay.takePlace(ingest);
  } catch (error) {
    relay.closeSession(sessionId);
    throw error;
  }
  const answered = new Map<MediaSection, AnswerSection>(
    tracks.map(({ section, codec, extensions }) => [
      section,
      { direction: 'recvonly', codecs: [beginsFast(codec)], extensions },
    ]),
  );
  return { answer: writeAnswer(offer, ingest.transport.options, answered) };
}

interface ViewerByOffer {
  sessionId: string;
  subscription: Subscription;
  offer: string;
  /** What routers can carry. */
  served: RtpCapabilities;
}

/**
 * Plays to an SDP offer: a viewer whose consumers flow by themselves, connected. Tracks that come later, such as
 * those of a publisher that comes back, take the sections that are free. Their SSRCs are not in the answer, so that
 * they may change: packets are told apart by their payload types (RFC 9143, section 9.2). A player that cannot do
 * without SSRCs receives them, and its session ends with `TRACKS_CHANGED` when there are others.
 *
 * @throws MeshliftError `SDP_INVALID`, `SDP_UNSUPPORTED`, or what the relay refuses
 */
export async function playToOffer(
  relay: Relay,
  { sessionId, subscription, offer: text, served }: ViewerByOffer,
): Promise<{ answer: string; consumers: ConsumerOptions[] }> {
  const offer = parseOffer(text);
  const plan = planPlayback(offer, served);
  const { viewer, consumers, missed } = await relay.openViewer({
    sessionId,
    rtpCapabilities: plan.capabilities,
    subscription,
    slots: plan.slots.map(({ mid, kind }) => ({ mid, kind })),
    fixedTracks: offer.needsSsrcs,
  });
  try {
    assertServed(plan, consumers, missed);
    await viewer.transport.connect(offer.dtls, offer.ice);
  } catch (error) {
    relay.closeSession(sessionId);
    throw error;
  }
  const sent = new Set(consumers.map(({ rtpParameters }) => rtpParameters.codecs[0]?.payloadType));
  const answered = new Map<MediaSection, AnswerSection>(
    plan.slots.map(({ section, mid, codecs, extensions }) => {
      const now = codecs.filter(({ payloadType }) => sent.has(payloadType));
      const later = codecs.filter(({ payloadType }) => !sent.has(payloadType));
      const ssrc = offer.needsSsrcs ? ssrcOf(consumers, mid) : undefined;
      return [section, { direction: 'sendonly', codecs: [...now, ...later], extensions, ssrc }];
    }),
  );
  return { answer: writeAnswer(offer, viewer.transport.options, answered), consumers };
}

const ssrcOf = (consumers: ConsumerOptions[], mid: string) =>
  consumers.find(({ rtpParameters }) => rtpParameters.mid === mid)?.rtpParameters.encodings[0]?.ssrc;

/**
 * Takes in what a session's other end says of its ICE agent: more candidates, which an end that is ICE-lite has no
 * use for, or a restart.
 *
 * @returns this end's credentials and candidates after a restart, else `null`
 * @throws MeshliftError `SDP_INVALID`, `SESSION_NOT_FOUND`
 */
export async function exchangeIce(transport: SessionTransport, fragment: string): Promise<string | null> {
  const { credentials, section } = parseIceFragment(fragment);
  const restarted = await transport.followPeerIce(credentials);
  return restarted ? writeIceFragment(restarted, section) : null;
}

/**
 * Browsers begin with what a bad line carries, and do not try for more than the layers they have begun. What they
 * are told here is where their estimate starts; who does not know the parameter ignores it (RFC 6184, section 8.1,
 * and its like).
 */
function beginsFast(codec: SdpCodec): SdpCodec {
  if (!codec.mimeType.startsWith('video/')) return codec;
  return {
    ...codec,
    parameters: { ...codec.parameters, 'x-google-start-bitrate': FIRST_BANDWIDTH_ESTIMATE / 1_000 },
  };
}

/** Whoever asks for a picture and would hear a sound alone is told so instead. */
function assertServed(plan: PlaybackPlan, consumers: ConsumerOptions[], missed: MissedTrack[]): void {
  for (const kind of ['audio', 'video'] as const) {
    const wanted = plan.slots.filter((slot) => slot.kind === kind);
    const track = missed.find((candidate) => candidate.kind === kind);
    if (wanted.length === 0 || !track || consumers.some((consumer) => consumer.kind === kind)) continue;
    const offered = [...new Set(wanted.flatMap(({ codecs }) => codecs.map(nameOf)))].join(', ');
    throw SdpError.unsupported(
      `The stream's ${kind} is ${nameOf(track.codec)}, which is not among what was offered: ${offered}.`,
    );
  }
}
