import { Audio, getLibraryVersion, PeerConnection, Video } from 'node-datachannel';
import type { OfferRun, ProgramRun } from './offer-run.ts';

/** As OBS Studio numbers them. */
const OPUS = 111;
const PICTURE = 96;
const SSRC = 1_000_000;

interface Recipe extends Omit<OfferRun, 'sdp'> {
  make(connection: PeerConnection): void;
  /** Whether the offer is taken before any candidate is known. */
  early?: boolean;
}

const random = (length: number) =>
  Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(Math.random() * 36)]).join(
    '',
  );

/** Sound and picture as OBS Studio describes them: sendonly, with one name for the stream. */
function sendLikeObs(connection: PeerConnection, describe: (video: Video) => void, ssrc: boolean): void {
  const [stream, cname] = [random(16), random(16)];
  const audio = new Audio('0', 'SendOnly');
  audio.addOpusCodec(OPUS);
  audio.addSSRC(SSRC, cname, stream, `${stream}-audio`);
  connection.addTrack(audio);
  const video = new Video('1', 'SendOnly');
  if (ssrc) video.addSSRC(SSRC + 1, cname, stream, `${stream}-video`);
  describe(video);
  connection.addTrack(video);
}

const recipes: Recipe[] = [
  {
    what: 'publish-like-obs-h264',
    settings: 'sendonly; opus as 111, H264 as 96 with the default fmtp; cname and msid; mids 0 and 1',
    make: (connection) => sendLikeObs(connection, (video) => video.addH264Codec(PICTURE), true),
  },
  {
    what: 'publish-like-obs-h264-no-candidates',
    settings: 'as the one before, taken before candidates were gathered',
    early: true,
    make: (connection) => sendLikeObs(connection, (video) => video.addH264Codec(PICTURE), true),
  },
  {
    what: 'publish-like-obs-h265',
    settings: 'sendonly; opus as 111, H265 as 96',
    make: (connection) => sendLikeObs(connection, (video) => video.addH265Codec(PICTURE), true),
  },
  {
    what: 'publish-like-obs-av1',
    settings: 'sendonly; opus as 111, AV1 as 96',
    make: (connection) => sendLikeObs(connection, (video) => video.addAV1Codec(PICTURE), true),
  },
  {
    what: 'publish-like-obs-simulcast',
    settings:
      'sendonly; opus as 111, H264 as 96; rids 0, 1 and 2 and the header extensions for mid and rid, added as lines',
    make: (connection) =>
      sendLikeObs(
        connection,
        (video) => {
          video.addH264Codec(PICTURE);
          for (const [id, name] of ['mid', 'rtp-stream-id'].entries()) {
            video.parseSdpLine(`a=extmap:${id + 1} urn:ietf:params:rtp-hdrext:sdes:${name}`);
          }
          for (const rid of ['0', '1', '2']) video.parseSdpLine(`a=rid:${rid} send`);
          video.parseSdpLine('a=simulcast:send 0;1;2');
        },
        false,
      ),
  },
  {
    what: 'publish-vp8-rtx',
    settings: 'sendonly video alone; VP8 as 97 with rtx as 98',
    make: (connection) => {
      const video = new Video('video', 'SendOnly');
      video.addVP8Codec(97);
      video.addRTXCodec(98, 97, 90_000);
      video.addSSRC(SSRC, 'somebody', 'stream', 'track');
      connection.addTrack(video);
    },
  },
  {
    what: 'watch-av',
    settings: 'recvonly; opus as 111; H264 as 96 and VP8 as 97',
    make: (connection) => {
      const audio = new Audio('audio', 'RecvOnly');
      audio.addOpusCodec(OPUS);
      connection.addTrack(audio);
      const video = new Video('video', 'RecvOnly');
      video.addH264Codec(PICTURE);
      video.addVP8Codec(97);
      connection.addTrack(video);
    },
  },
];

/** The offers of libdatachannel, which OBS Studio sends with. */
export async function runLibdatachannel(): Promise<ProgramRun> {
  const offers: OfferRun[] = [];
  for (const { what, settings, make, early } of recipes) {
    const connection = new PeerConnection('corpus', { iceServers: [], disableAutoNegotiation: true });
    make(connection);
    const sdp = await new Promise<string>((resolve) => {
      if (early) connection.onLocalDescription((sdp) => resolve(sdp));
      connection.onGatheringStateChange((state) => {
        if (state === 'complete' && !early) resolve(connection.localDescription()?.sdp ?? '');
      });
      connection.setLocalDescription('offer');
    });
    connection.close();
    offers.push({ what, settings, sdp });
  }
  return { program: 'libdatachannel', version: getLibraryVersion(), offers };
}
