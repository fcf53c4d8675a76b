import type { DtlsParameters, TransportOptions } from '@meshlift/protocol';
import { Audio, PeerConnection } from 'node-datachannel';
import { onTestFinished } from 'vitest';

/** The audio track of a native peer, as `opusAudio` of the fixtures announces it. */
const MID = '1';
const PAYLOAD_TYPE = 111;
const SSRC = 4242;

/** A WebRTC peer outside any browser: real ICE, DTLS and SRTP towards one of the server's transports. */
export class NativePeer {
  readonly #connection: PeerConnection;
  /** This end's certificate, for `transport:connect`. */
  readonly dtlsParameters: DtlsParameters;
  readonly #transport: TransportOptions;

  static async create(transport: TransportOptions): Promise<NativePeer> {
    const connection = new PeerConnection('test', { iceServers: [], disableAutoNegotiation: true });
    const audio = new Audio(MID, 'SendOnly');
    audio.addOpusCodec(PAYLOAD_TYPE);
    audio.addSSRC(SSRC, 'test');
    connection.addTrack(audio);
    const offer = await new Promise<string>((resolve) => {
      connection.onLocalDescription((sdp) => resolve(sdp));
      connection.setLocalDescription();
    });
    const peer = new NativePeer(connection, offer, transport);
    onTestFinished(() => peer.close());
    return peer;
  }

  private constructor(connection: PeerConnection, offer: string, transport: TransportOptions) {
    const fingerprint = /a=fingerprint:sha-256 (\S+)/.exec(offer)?.[1];
    if (!fingerprint) throw new Error('the native peer has no certificate');
    this.#connection = connection;
    this.#transport = transport;
    this.dtlsParameters = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] };
  }

  /** Connects; to be called after the server was told the certificate. */
  connect(): Promise<void> {
    const connected = new Promise<void>((resolve, reject) => {
      this.#connection.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed') reject(new Error('the native peer could not connect'));
      });
    });
    this.#connection.setRemoteDescription(this.#answer(), 'answer');
    return connected;
  }

  /** Closes with a DTLS alert, as a browser does when its page goes away. */
  close(): void {
    this.#connection.close();
  }

  #answer(): string {
    const { iceParameters, iceCandidates, dtlsParameters } = this.#transport;
    const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
    const candidates = iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      );
    return [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      `a=group:BUNDLE ${MID}`,
      'a=ice-lite',
      `a=fingerprint:sha-256 ${fingerprint?.value}`,
      `m=audio 9 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPE}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${MID}`,
      'a=recvonly',
      'a=rtcp-mux',
      `a=rtpmap:${PAYLOAD_TYPE} opus/48000/2`,
      'a=setup:passive',
      `a=ice-ufrag:${iceParameters.usernameFragment}`,
      `a=ice-pwd:${iceParameters.password}`,
      ...candidates,
      '',
    ].join('\r\n');
  }
}
