import { SignalingClient } from './signaling-client.ts';

/** Who waits for a stream: greeted, let in, and with no media to connect for yet. */
export class IdleViewer {
  readonly #client: SignalingClient;
  readonly #sessionId: string;

  /**
   * It can decode all that the server knows, so that what it says of itself is as long as what a browser says.
   *
   * @param address whom a proxy would name as the client
   */
  static async join(
    { server, streamId }: { server: string; streamId: string },
    address: string,
    failed: (why: string) => void,
  ): Promise<IdleViewer> {
    const { client, welcome } = await SignalingClient.open(server, { address, failed });
    try {
      const { sessionId, consumers } = await client.request('stream:watch', {
        streamId,
        rtpCapabilities: welcome.routerRtpCapabilities,
      });
      if (consumers.length > 0) throw new Error('the stream is there: nobody can wait for it idly');
      return new IdleViewer(client, sessionId);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(client: SignalingClient, sessionId: string) {
    this.#client = client;
    this.#sessionId = sessionId;
  }

  /** Asks for nothing much: it passes every check there is, and asks nothing of a worker. */
  async ask(): Promise<void> {
    await this.#client.request('consumer:pause', { sessionId: this.#sessionId, consumerIds: [] });
  }

  async leave(): Promise<void> {
    try {
      await this.#client.request('session:close', { sessionId: this.#sessionId });
    } finally {
      this.#client.close();
    }
  }
}
