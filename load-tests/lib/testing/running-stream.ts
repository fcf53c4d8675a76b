import { onTestFinished } from 'vitest';
import { openSender, PAYLOAD_TYPE, SSRC } from '../peers/senders.ts';
import { Vp8Packetizer } from '../peers/vp8.ts';
import { type Meshlift, startMeshlift } from '../relays/meshlift.ts';

/** A key frame of VP8 that says how large it is, 640 by 360 (RFC 6386, section 9.1), and nothing else that counts. */
export const KEY_FRAME: Buffer = Buffer.concat([
  Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]),
  Buffer.alloc(2_000),
]);

const FRAME_EVERY_MS = 33;

/** A server with a stream that is published from this process, until the test is over. */
export async function runStream(): Promise<Meshlift> {
  const relay = await startMeshlift();
  onTestFinished(() => relay.stop());
  const sender = await openSender(relay.ingest);
  const packetizer = new Vp8Packetizer({ payloadType: PAYLOAD_TYPE, ssrc: SSRC });
  let timestamp = 0;
  const sending = setInterval(() => {
    timestamp += FRAME_EVERY_MS * 90;
    for (const packet of packetizer.packets(KEY_FRAME, timestamp)) sender.send(packet);
  }, FRAME_EVERY_MS);
  onTestFinished(() => clearInterval(sending));
  return relay;
}
