import { EventEmitter } from 'node:events';
import type { EventName, EventPayload } from '@meshlift/protocol';
import type { Client, Session } from '../sessions/session.ts';

interface HttpClientEvents {
  /** Something that a socket would have been sent. */
  event: [{ name: EventName; payload: unknown }];
  /** The session is over. */
  over: [];
}

/**
 * Somebody who came by WHIP or WHEP. There is no connection to send them anything on: what a socket would be
 * told is emitted, for whoever keeps an event stream open to hand on.
 */
export class HttpClient extends EventEmitter<HttpClientEvents> implements Client {
  readonly baseUrl: string;
  readonly tokenKind: 'whip' | 'whep';

  constructor(tokenKind: 'whip' | 'whep', baseUrl: string) {
    super();
    this.tokenKind = tokenKind;
    this.baseUrl = baseUrl;
  }

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    this.emit('event', { name, payload });
  }

  /** Nobody else can take an HTTP session over: when it is given up it is over. */
  forget(_session: Session): void {
    this.emit('over');
  }

  drop(): void {
    this.emit('over');
  }
}
