import { onTestFinished } from 'vitest';
import { type Meshlift, startMeshlift } from '../relays/meshlift.ts';
import { sendTo } from './send-to.ts';

/** A server with a stream that is published from this process, until the test is over. */
export async function runStream(): Promise<Meshlift> {
  const relay = await startMeshlift();
  onTestFinished(() => relay.stop());
  await sendTo(relay.ingest);
  return relay;
}
