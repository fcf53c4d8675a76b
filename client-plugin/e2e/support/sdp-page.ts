import { WHIPClient as WhipWebClient } from '@eyevinn/whip-web-client';
import { WHEPClient } from 'whip-whep/whep.js';
import { WHIPClient } from 'whip-whep/whip.js';
import { PlainWhep, PlainWhip, type ToldEvent } from './plain-sdp.ts';

/** By what a page speaks WHIP and WHEP: by `fetch`, or by the library that an author of the RFC has written. */
export type SdpClient = 'plain' | 'whip-whep';

/** One more library that publishes only; it makes its own connection. */
export type PublishingClient = SdpClient | 'whip-web-client';

export interface PublishOptions {
  client: PublishingClient;
  url: string;
  key: string;
  /** As MIME types have them, the preferred one first; all that the browser has when left out. */
  codec?: string | readonly string[] | undefined;
  layers?: RTCRtpEncodingParameters[] | undefined;
  kinds: readonly ('audio' | 'video')[];
  /** A picture that takes as many bits as it can get. */
  restless?: boolean | undefined;
  /** The video of a phone that is held upright, without audio. */
  phone?: boolean | undefined;
}

export interface PlayOptions {
  client: SdpClient;
  url: string;
  kinds: readonly ('audio' | 'video')[];
}

/** One layer's choice, as the layer extension has it. */
export interface LayerChoice {
  mediaId: string;
  encodingId: string;
}

/** Runs in the page: one broadcast or one playback at a time. */
export interface SdpPage {
  connection: RTCPeerConnection | undefined;
  events: ToldEvent[];
  publish(options: PublishOptions): Promise<void>;
  play(options: PlayOptions, video: HTMLVideoElement): Promise<void>;
  listen(names: readonly string[]): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  selectLayer(choice: LayerChoice | null): Promise<void>;
}

declare global {
  interface Window {
    sdp: SdpPage;
  }
}

/** In hertz. */
const TONE = 660;
const FRAME_RATE = 20;

let publisher: { restart(): Promise<void> | void; stop(): Promise<void> | void } | undefined;
let viewer: PlainWhep | WHEPClient | undefined;
let source: MediaStream | undefined;

/** A counter that begins at 0, and a tone. Made once for a page: who publishes again goes on with it. */
function makeSource(restless: boolean | undefined): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  let count = 0;
  setInterval(() => window.probe.draw(context, count++, restless), 1_000 / FRAME_RATE);
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: TONE });
  const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  tone.connect(new GainNode(audio, { gain: 0.2 })).connect(destination);
  tone.start();
  return new MediaStream([...canvas.captureStream().getTracks(), ...destination.stream.getTracks()]);
}

function prefer(transceiver: RTCRtpTransceiver, names: readonly string[]): void {
  const all = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const inOrder = [...names, 'rtx'].flatMap((name) =>
    all.filter(({ mimeType }) => mimeType === `video/${name}`),
  );
  transceiver.setCodecPreferences(inOrder);
}

async function publish(options: PublishOptions): Promise<void> {
  const { client, url, key, codec, layers, kinds, restless, phone } = options;
  source ??= phone ? (await window.probe.phoneCamera()).stream : makeSource(restless);
  if (client === 'whip-web-client') {
    publisher = await publishByWhipWebClient(source, url, key);
    return;
  }
  const connection = new RTCPeerConnection();
  window.sdp.connection = connection;
  for (const track of source.getTracks()) {
    if (kinds.every((kind) => kind !== track.kind)) continue;
    const sendEncodings = track.kind === 'video' ? layers : undefined;
    const transceiver = connection.addTransceiver(track, {
      direction: 'sendonly',
      streams: [source],
      ...(sendEncodings && { sendEncodings }),
    });
    if (track.kind === 'video' && codec !== undefined) prefer(transceiver, [codec].flat());
  }
  const whip = client === 'plain' ? new PlainWhip() : new WHIPClient();
  publisher = whip;
  await whip.publish(connection, url, key);
}

/** As its documentation has it: first it asks for the ICE servers. */
async function publishByWhipWebClient(source: MediaStream, url: string, key: string) {
  const whip = new WhipWebClient({
    endpoint: url,
    opts: { authkey: key, iceServers: [] },
    peerConnectionFactory: (configuration) => {
      window.sdp.connection = new RTCPeerConnection(configuration);
      return window.sdp.connection;
    },
  });
  await whip.setIceServersFromEndpoint();
  await whip.ingest(source);
  return {
    stop: () => whip.destroy(),
    restart: () => Promise.reject(new Error('this client knows no restart')),
  };
}

async function play({ client, url, kinds }: PlayOptions, video: HTMLVideoElement): Promise<void> {
  const connection = new RTCPeerConnection();
  window.sdp.connection = connection;
  const tracks = kinds.map(
    (kind) => connection.addTransceiver(kind, { direction: 'recvonly' }).receiver.track,
  );
  video.srcObject = new MediaStream(tracks);
  viewer = client === 'plain' ? new PlainWhep() : new WHEPClient();
  await viewer.view(connection, url);
}

async function selectLayer(choice: LayerChoice | null): Promise<void> {
  if (choice === null) return viewer?.unselectLayer();
  // The library's types do not know that it takes a layer.
  const select: ((choice: LayerChoice) => Promise<void>) | undefined = viewer?.selectLayer.bind(viewer);
  await select?.(choice);
}

window.sdp = {
  connection: undefined,
  events: [],
  publish,
  play,
  async listen(names) {
    if (viewer instanceof PlainWhep) await viewer.listen(names, window.sdp.events);
  },
  async restart() {
    await (publisher ?? viewer)?.restart();
  },
  async stop() {
    await (publisher ?? viewer)?.stop();
  },
  selectLayer,
};
