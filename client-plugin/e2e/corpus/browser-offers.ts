import type { OfferRun } from './offer-run.ts';

/** A way to an offer. Runs in the page. */
interface Recipe extends Omit<OfferRun, 'sdp'> {
  make(connection: RTCPeerConnection): Promise<void>;
  configuration?: RTCConfiguration;
  /** Changes the offer before it is set, as applications did that knew no other way. */
  munge?(sdp: string): string;
  /** Whether the offer is taken before any candidate is known. */
  early?: boolean;
}

const capture = () =>
  navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });

const SEND: RTCRtpTransceiverInit = { direction: 'sendonly' };
const RECEIVE: RTCRtpTransceiverInit = { direction: 'recvonly' };

/** Adds what a camera and a microphone give, each to send only. */
async function send(connection: RTCPeerConnection, kinds: string[], video: RTCRtpTransceiverInit = {}) {
  const stream = await capture();
  return kinds.map((kind) => {
    const [track] = kind === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks();
    if (!track) throw new Error(`there is no ${kind}`);
    const more = kind === 'video' ? video : {};
    return connection.addTransceiver(track, { ...SEND, streams: [stream], ...more });
  });
}

const encodings = (...layers: [rid: string, scaleResolutionDownBy: number][]) =>
  layers.map(([rid, scaleResolutionDownBy]) => ({ rid, scaleResolutionDownBy }));

/** Sends sound, and a picture in one codec alone. */
async function sendIn(connection: RTCPeerConnection, name: string, video: RTCRtpTransceiverInit = {}) {
  const transceivers = await send(connection, ['audio', 'video'], video);
  const known = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const wanted = known.filter(({ mimeType }) => [`video/${name}`, 'video/rtx'].includes(mimeType));
  if (!wanted.some(({ mimeType }) => mimeType !== 'video/rtx')) throw new Error(`it does not send ${name}`);
  transceivers[1]?.setCodecPreferences(wanted);
}

/** Two more SSRCs for the picture, each with its repair, all bound by a group: Chromium's oldest simulcast. */
function addSimGroup(sdp: string): string {
  if (!navigator.userAgent.includes('Chrome')) throw new Error('it never knew such groups');
  const [, first = '', repair = ''] = /a=ssrc-group:FID (\d+) (\d+)/.exec(sdp) ?? [];
  const lines = sdp.split('\r\n').filter((line) => line.startsWith(`a=ssrc:${first} `));
  if (lines.length === 0) throw new Error('the offer names no SSRC to add others to');
  const base = Number(first);
  const more = [1, 2].map((layer) => [base - layer, base - layer - 10]);
  const added = more.flatMap(([media, rtx]) => [
    ...[media, rtx].flatMap((ssrc) => lines.map((line) => line.replace(first, String(ssrc)))),
    `a=ssrc-group:FID ${media} ${rtx}`,
  ]);
  const group = `a=ssrc-group:SIM ${[base, ...more.map(([media]) => media)].join(' ')}`;
  const last = sdp.lastIndexOf(`a=ssrc:${repair} `);
  const end = sdp.indexOf('\r\n', last) + 2;
  return `${sdp.slice(0, end)}${[...added, group].join('\r\n')}\r\n${sdp.slice(end)}`;
}

/** Two channels of Opus and a bitrate for them, as those who broadcast music have written in for years. */
function addStereo(sdp: string): string {
  const opus = /a=rtpmap:(\d+) opus\//.exec(sdp)?.[1];
  const line = new RegExp(`(a=fmtp:${opus} [^\\r]*)`);
  if (!line.test(sdp)) throw new Error('the offer says nothing of opus');
  return sdp.replace(line, '$1;stereo=1;sprop-stereo=1;maxaveragebitrate=128000');
}

const recipes: Recipe[] = [
  {
    what: 'watch-av',
    settings: 'two recvonly transceivers, audio and video, before the page has asked for any device',
    make: async (connection) => {
      for (const kind of ['audio', 'video']) connection.addTransceiver(kind, RECEIVE);
    },
  },
  {
    what: 'watch-video-first',
    settings: 'two recvonly transceivers, video and audio, offer taken before candidates were gathered',
    early: true,
    make: async (connection) => {
      for (const kind of ['video', 'audio']) connection.addTransceiver(kind, RECEIVE);
    },
  },
  {
    what: 'publish-av',
    settings: 'two sendonly transceivers from getUserMedia, all candidates gathered',
    make: async (connection) => {
      await send(connection, ['audio', 'video']);
    },
  },
  {
    what: 'publish-av-no-candidates',
    settings: 'two sendonly transceivers, offer taken before candidates were gathered',
    early: true,
    make: async (connection) => {
      await send(connection, ['audio', 'video']);
    },
  },
  {
    what: 'publish-av-max-bundle',
    settings: 'bundlePolicy max-bundle',
    configuration: { bundlePolicy: 'max-bundle' },
    make: async (connection) => {
      await send(connection, ['video', 'audio']);
    },
  },
  {
    what: 'publish-simulcast-smallest-first',
    settings: 'sendEncodings q, h, f at a quarter, half and all of the width',
    make: async (connection) => {
      await send(connection, ['audio', 'video'], { sendEncodings: encodings(['q', 4], ['h', 2], ['f', 1]) });
    },
  },
  {
    what: 'publish-simulcast-largest-first',
    settings: 'sendEncodings f, h, q at all, half and a quarter of the width',
    make: async (connection) => {
      await send(connection, ['audio', 'video'], { sendEncodings: encodings(['f', 1], ['h', 2], ['q', 4]) });
    },
  },
  {
    what: 'publish-simulcast-h264',
    settings: 'sendEncodings r0, r1, r2; setCodecPreferences: H264 and rtx',
    make: (connection) => {
      const layers = encodings(['r0', 4], ['r1', 2], ['r2', 1]);
      return sendIn(connection, 'H264', { sendEncodings: layers });
    },
  },
  {
    what: 'publish-vp8',
    settings: 'setCodecPreferences: VP8 and rtx',
    make: (connection) => sendIn(connection, 'VP8'),
  },
  {
    what: 'publish-h264',
    settings: 'setCodecPreferences: H264 and rtx',
    make: (connection) => sendIn(connection, 'H264'),
  },
  {
    what: 'publish-av1',
    settings: 'setCodecPreferences: AV1 and rtx',
    make: (connection) => sendIn(connection, 'AV1'),
  },
  {
    what: 'publish-vp9-svc',
    settings: 'setCodecPreferences: VP9 and rtx; one encoding with scalabilityMode L3T3_KEY',
    make: (connection) =>
      sendIn(connection, 'VP9', {
        sendEncodings: [{ scalabilityMode: 'L3T3_KEY' } as RTCRtpEncodingParameters],
      }),
  },
  {
    what: 'publish-audio',
    settings: 'one sendonly transceiver, audio',
    make: async (connection) => {
      await send(connection, ['audio']);
    },
  },
  {
    what: 'publish-video',
    settings: 'one sendonly transceiver, video',
    make: async (connection) => {
      await send(connection, ['video']);
    },
  },
  {
    what: 'publish-two-videos',
    settings: 'three sendonly transceivers: audio, video, video',
    make: async (connection) => {
      await send(connection, ['audio', 'video', 'video']);
    },
  },
  {
    what: 'publish-stereo',
    settings: 'the fmtp line of opus munged to stereo=1;sprop-stereo=1;maxaveragebitrate=128000',
    munge: addStereo,
    make: async (connection) => {
      await send(connection, ['audio', 'video']);
    },
  },
  {
    what: 'publish-av-and-data',
    settings: 'two sendonly transceivers and a data channel',
    make: async (connection) => {
      await send(connection, ['audio', 'video']);
      connection.createDataChannel('notes');
    },
  },
  {
    what: 'both-av',
    settings: 'addTrack of sound and picture, which makes sendrecv',
    make: async (connection) => {
      const stream = await capture();
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
    },
  },
  {
    what: 'both-legacy-simulcast',
    settings: 'addTrack of sound and picture; the offer munged to three SSRCs in a SIM group',
    munge: addSimGroup,
    make: async (connection) => {
      const stream = await capture();
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
    },
  },
];

async function follow({ make, configuration, munge, early }: Recipe): Promise<string> {
  const connection = new RTCPeerConnection(configuration);
  try {
    await make(connection);
    const { sdp = '' } = await connection.createOffer();
    const offer = munge?.(sdp) ?? sdp;
    const gathered = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (!candidate) resolve();
      };
    });
    await connection.setLocalDescription({ type: 'offer', sdp: offer });
    if (early) return offer;
    await gathered;
    return connection.localDescription?.sdp ?? '';
  } finally {
    connection.close();
  }
}

/** Makes every offer in turn and sends it to where the page came from. */
for (const recipe of recipes) {
  const { what, settings } = recipe;
  const made = await follow(recipe).then(
    (sdp) => ({ sdp }),
    (error: unknown) => ({ error: String(error) }),
  );
  await fetch('/offer', { method: 'POST', body: JSON.stringify({ what, settings, ...made }) });
}
await fetch('/done', { method: 'POST' });
