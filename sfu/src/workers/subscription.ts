import type { Subscription } from '@meshlift/protocol';

/** Whether who has subscribed so is shown what comes from a source. */
export function subscribes(subscription: Subscription, sourceId: string): boolean {
  return 'only' in subscription
    ? subscription.only.includes(sourceId)
    : !subscription.except.includes(sourceId);
}
