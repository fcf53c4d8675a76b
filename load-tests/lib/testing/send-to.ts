import { onTestFinished } from 'vitest';
import { senderReport } from '../peers/rtcp.ts';
import { openSender, PAYLOAD_TYPE, SSRC } from '../peers/senders.ts';
import { Vp8Packetizer } from '../peers/vp8.ts';
import type { Ingest } from '../relays/relay.ts';

/** A key frame of VP8 that says how large it is, 640 by 360 (RFC 6386, section 9.1), and nothing else that counts. */
export const KEY_FRAME: Buffer = Buffer.concat([
  Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]),
  Buffer.alloc(2_000),
]);

const PICTURE_EVERY_MS = 33;

/** Sends pictures to a relay until the test is over, or the relay has closed the way. Resolves when they are on it. */
export async function sendTo(ingest: Ingest): Promise<void> {
  const sender = await openSender(ingest);
  const packetizer = new Vp8Packetizer({ payloadType: PAYLOAD_TYPE, ssrc: SSRC });
  let timestamp = 0;
  sender.sendRtcp(senderReport({ ssrc: SSRC, timestamp, packets: 0, bytes: 0 }));
  const sending = setInterval(() => {
    if (!sender.isOpen) return;
    timestamp += PICTURE_EVERY_MS * 90;
    try {
      for (const packet of packetizer.packets(KEY_FRAME, timestamp)) sender.send(packet);
    } catch (error) {
      // The way is closed by another thread, and between any two packets.
      if (sender.isOpen) throw error;
    }
  }, PICTURE_EVERY_MS);
  onTestFinished(() => clearInterval(sending));
}
