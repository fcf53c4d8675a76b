import type { ConsumerOptions, DtlsParameters, RtpCapabilities, TransportOptions } from '@meshlift/protocol';
import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import { SignalingClient } from '../signaling-client.ts';
import type { Entry } from './entry.ts';
import { answerFor } from './transport-answer.ts';

/** Feedback that goes with the header extensions which this peer has not. */
const ESTIMATION = new Set(['transport-cc', 'goog-remb']);

/** A connection to a server, and what it has said first. */
export type Greeted = Awaited<ReturnType<typeof SignalingClient.open>>;

/** A viewer's session as the messages of the plugin made it. */
export interface Watching {
  sessionId: string;
  transport: TransportOptions;
}

/**
 * By the messages of the plugin, in its order: the server knows this end's certificate before the first packet,
 * and is asked for media while ICE and DTLS come about.
 */
export async function enterByPlugin(door: Door & { kind: 'plugin' }, peer: ReceivingPeer): Promise<Entry> {
  const [greeted] = await Promise.all([SignalingClient.open(door.server), peer.offer()]);
  const { client } = greeted;
  try {
    const { sessionId } = await watchByPlugin(greeted, door.streamId, peer);
    return {
      leave: async () => {
        try {
          await client.request('session:close', { sessionId });
        } finally {
          // The server may have ended the session before, and keeps the connection.
          client.close();
        }
      },
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Brings a peer in over a connection that stands. @throws Error with the code of a refusal */
export async function watchByPlugin(
  { client, welcome }: Greeted,
  streamId: string,
  peer: ReceivingPeer,
): Promise<Watching> {
  const { sessionId, transport, consumers } = await client.request('stream:watch', {
    streamId,
    rtpCapabilities: capabilitiesOf(welcome.routerRtpCapabilities),
  });
  const video = consumers.find(({ kind }) => kind === 'video');
  if (!video) throw new Error('the stream has no picture in VP8');
  const offer = await peer.offer();
  await client.request('transport:connect', { sessionId, dtlsParameters: dtlsParametersOf(offer) });
  peer.accept(answerFor(offer, transport, video));
  await client.request('consumer:resume', { sessionId, consumerIds: [video.id] });
  return { sessionId, transport };
}

/** Receives the picture that has taken the place of the one before, over the same transport. */
export async function receiveInstead(
  client: SignalingClient,
  { sessionId, transport }: Watching,
  video: ConsumerOptions,
  peer: ReceivingPeer,
): Promise<void> {
  peer.accept(answerFor(await peer.offerAgain(), transport, video));
  await client.request('consumer:resume', { sessionId, consumerIds: [video.id] });
}

/**
 * What libdatachannel can be sent: VP8 and requests for what was lost. It has no transport-wide feedback, so that
 * the server must not wait for any.
 */
function capabilitiesOf(router: RtpCapabilities): RtpCapabilities {
  return {
    codecs: router.codecs
      .filter(({ mimeType }) => mimeType.toLowerCase() === 'video/vp8')
      .map(({ rtcpFeedback = [], ...codec }) => ({
        ...codec,
        rtcpFeedback: rtcpFeedback.filter(({ type }) => !ESTIMATION.has(type)),
      })),
    headerExtensions: [],
  };
}

/** This end is the client of DTLS, as browsers are towards a relay. */
function dtlsParametersOf(offer: string): DtlsParameters {
  const value = /a=fingerprint:sha-256 (\S+)/.exec(offer)?.[1];
  if (!value) throw new Error('the offer has no certificate');
  return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
}
