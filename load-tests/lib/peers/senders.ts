import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { PeerConnection, Video } from 'node-datachannel';
import type { Ingest } from '../relays/relay.ts';
import { isRtcp } from './rtp.ts';

export const PAYLOAD_TYPE = 96;
export const SSRC = 0x4d455348;

/** A way into a relay for finished packets. */
export interface Sender {
  /** Whether packets can still pass. */
  readonly isOpen: boolean;
  /** @throws Error when the relay has closed the way */
  send(rtp: Buffer): void;
  sendRtcp(compound: Buffer): void;
  onRtcp(listener: (compound: Buffer) => void): void;
}

/** Resolves when packets can pass. */
export function openSender(ingest: Ingest): Promise<Sender> {
  return ingest.kind === 'whip' ? publishByWhip(ingest) : publishPlainly(ingest);
}

/** WebRTC, by RFC 9725. The session ends with the process. */
async function publishByWhip({ url, key }: Ingest & { kind: 'whip' }): Promise<Sender> {
  const connection = new PeerConnection('publisher', { iceServers: [], disableAutoNegotiation: true });
  const video = new Video('0', 'SendOnly');
  video.addVP8Codec(PAYLOAD_TYPE);
  video.addSSRC(SSRC, 'publisher', 'clip', 'picture');
  const track = connection.addTrack(video);
  const offer = new Promise<string>((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
  });
  connection.setLocalDescription();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${key}` },
    body: await offer,
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`the publisher is refused with ${response.status}: ${answer}`);
  const opened = new Promise<void>((resolve, reject) => {
    track.onOpen(resolve);
    connection.onStateChange((state) => {
      if (state === 'failed') reject(new Error('the publisher could not connect'));
    });
  });
  connection.setRemoteDescription(answer, 'answer');
  await opened;
  const send = (packet: Buffer) => {
    if (track.isClosed())
      throw new Error(`the publisher has lost its connection, which is ${connection.state()}`);
    track.sendMessageBinary(packet);
  };
  return {
    get isOpen() {
      return track.isOpen();
    },
    send,
    sendRtcp: send,
    onRtcp: (listener) => {
      track.onMessage((packet) => {
        if (isRtcp(packet)) listener(packet);
      });
    },
  };
}

/** RTP and RTCP in the clear, from two sockets to two ports. */
async function publishPlainly({ host, port, rtcpPort }: Ingest & { kind: 'rtp' }): Promise<Sender> {
  const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')];
  for (const [socket, remote] of [
    [rtp, port],
    [rtcp, rtcpPort],
  ] as const) {
    socket.connect(remote, host);
    await once(socket, 'connect');
    // A relay that is not there any more is not this one's fault.
    socket.on('error', () => undefined);
  }
  return {
    isOpen: true,
    send: (packet) => rtp.send(packet),
    sendRtcp: (compound) => rtcp.send(compound),
    onRtcp: (listener) => void rtcp.on('message', listener),
  };
}
