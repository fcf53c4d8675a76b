import { SignalingClient } from './signaling-client.ts';

/**
 * A stream that is waited for as long as it takes: a participant of a room offers it and never sends. One whose
 * publisher has dropped would be over after the grace time.
 */
export class AwaitedStream {
  readonly streamId: string;
  readonly #client: SignalingClient;

  static async offer(server: string): Promise<AwaitedStream> {
    const { client } = await SignalingClient.open(server);
    const { sessionId } = await client.request('room:join', { roomId: 'load-test' });
    const { audience } = await client.request('room:publish', { sessionId });
    return new AwaitedStream(client, audience.links.streamId);
  }

  private constructor(client: SignalingClient, streamId: string) {
    this.#client = client;
    this.streamId = streamId;
  }

  close(): void {
    this.#client.close();
  }
}
