import type { types } from 'mediasoup';
import type { Feed } from './feed.ts';

/** The feed of the router that the ingests are on: every producer is there already. */
export class OriginFeed implements Feed {
  async carry({ id }: types.Producer): Promise<string> {
    return id;
  }
}
