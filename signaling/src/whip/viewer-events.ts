import { MeshliftError } from '@meshlift/protocol';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import * as z from 'zod';
import { newSessionId } from '../access/capabilities.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Departures } from '../cluster/departures.ts';
import type { Config } from '../config/config.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { allowOnly } from '../http/errors.ts';
import { forgetHeaders } from '../http/forget-headers.ts';
import type { Session } from '../sessions/session.ts';
import { type EventListener, EventRelay, type ViewerState } from './event-relay.ts';
import type { HeldSessions } from './held-sessions.ts';
import type { HttpClient } from './http-client.ts';
import { jsonBody } from './json-body.ts';
import { link } from './links.ts';
import type { SessionCallHandlers, SessionCalls } from './session-calls.ts';
import {
  type ViewerEvent,
  ViewerEventChannel,
  type ViewerStatus,
  viewerEvents,
} from './viewer-event-channel.ts';

const EVENTS = 'urn:ietf:params:whep:ext:core:server-sent-events';

/** A session needs one; a page that reloads its listener may for a moment have two. */
const MOST_SUBSCRIPTIONS = 4;

/** Proxies give up on answers that are silent for a minute. */
const SIGN_OF_LIFE_MS = 20_000;

const eventsSchema = z.array(z.enum(viewerEvents)).max(16);

/** One event stream that a viewer has asked for, and who listens to it now. */
interface Subscription {
  wanted: readonly ViewerEvent[];
  /** Its name, for listeners at other doors. */
  name?: string;
  listener: EventListener | undefined;
}

interface Viewer {
  events: ViewerEventChannel;
  subscriptions: Map<string, Subscription>;
}

interface ArrivedViewer {
  /** Of its session. */
  url: string;
  session: Session;
  client: HttpClient;
  status: ViewerStatus;
}

type EventHandlers = Pick<SessionCallHandlers, 'subscribe' | 'unsubscribe' | 'listen' | 'unlisten'>;

/** `/events` below a session's URL: the WHEP extension by which a viewer receives server-sent events. */
export class ViewerEvents {
  readonly #cluster: Cluster;
  readonly #relay: EventRelay;
  /** By the names of their sessions. */
  readonly #viewers = new Map<string, Viewer>();

  constructor({ cluster, departures }: { cluster: Cluster; departures: Departures }) {
    this.#cluster = cluster;
    this.#relay = new EventRelay(cluster);
    departures.on((door) => this.#relay.endFrom(door));
  }

  /** Offers events to a viewer that has arrived. @returns the value of `Link` that says so */
  open({ url, session, client, status }: ArrivedViewer): string {
    const subscriptions = new Map<string, Subscription>();
    const events = new ViewerEventChannel(client, status, (sent) => {
      for (const { wanted, listener } of subscriptions.values()) {
        if (wanted.includes(sent.event)) listener?.send(sent);
      }
    });
    this.#viewers.set(session.id, { events, subscriptions });
    client.once('over', () => {
      this.#viewers.delete(session.id);
      for (const { listener } of subscriptions.values()) listener?.end();
    });
    return link(`${url}/events`, { rel: EVENTS, events: viewerEvents.join(',') });
  }

  /** What carries out what is asked of events, where the session is. */
  handlers(held: HeldSessions): EventHandlers {
    const viewerOf = async ({ token, baseUrl }: { token: string; baseUrl: string }) => {
      const { session } = await held.get(token, baseUrl);
      const viewer = this.#viewers.get(session.id);
      if (!viewer) throw new MeshliftError('SESSION_NOT_FOUND');
      return viewer;
    };
    return {
      subscribe: async (request) => {
        const { subscriptions } = await viewerOf(request);
        const wanted = eventsSchema.safeParse(request.wanted);
        if (!wanted.success)
          throw new MeshliftError('BAD_REQUEST', 'This must be a list of names of events.');
        const [oldest = ''] = subscriptions.keys();
        if (subscriptions.size >= MOST_SUBSCRIPTIONS) close(subscriptions, oldest);
        const channel = newSessionId();
        subscriptions.set(channel, { wanted: wanted.data, listener: undefined });
        return { channel };
      },

      unsubscribe: async ({ channel, ...request }) => {
        close((await viewerOf(request)).subscriptions, channel);
      },

      listen: async ({ channel, door, listener, ...request }) => {
        const { events, subscriptions } = await viewerOf(request);
        const subscription = subscriptions.get(channel);
        if (!subscription) throw new MeshliftError('SESSION_NOT_FOUND');
        subscription.listener?.end();
        subscription.name = listener;
        subscription.listener = this.#here(listener) ?? this.#relay.listenerAt(door, listener);
        return { current: events.current().filter(({ event }) => subscription.wanted.includes(event)) };
      },

      unlisten: async ({ channel, listener, ...request }) => {
        const subscription = (await viewerOf(request)).subscriptions.get(channel);
        if (subscription?.name === listener) subscription.listener = undefined;
      },
    };
  }

  routes({ calls, config }: { calls: SessionCalls; config: Config }): Router {
    const addressed = (request: Request) => ({
      token: request.params.token,
      baseUrl: baseUrlOf(request, config),
    });

    const subscribe: RequestHandler = async (request, response) => {
      const asked = { ...addressed(request), wanted: request.body };
      const { channel } = await calls.carryOut('subscribe', asked);
      response.status(201).location(`${request.originalUrl}/${channel}`).end();
    };

    const listen: RequestHandler = async (request, response) => {
      const channel = String(request.params.channel);
      const asked = { ...addressed(request), channel };
      const listener = newSessionId();
      const stream = new EventStream(response);
      this.#listening.set(listener, stream);
      const door = await calls.holderOf(asked).catch((error) => {
        this.#listening.delete(listener);
        throw error;
      });
      const end = door === undefined ? () => {} : this.#relay.receive(listener, door, stream);
      response.once('close', () => {
        end();
        this.#listening.delete(listener);
        // The session may be over.
        calls.carryOut('unlisten', { ...asked, listener }).catch(() => undefined);
      });
      const { self } = this.#cluster;
      const { current } = await calls.carryOut('listen', { ...asked, door: self, listener });
      stream.begin(current);
      // The answer may last for hours.
      forgetHeaders(request);
    };

    const unsubscribe: RequestHandler = async (request, response) => {
      const channel = String(request.params.channel);
      await calls.carryOut('unsubscribe', { ...addressed(request), channel });
      response.status(200).end();
    };

    const router = Router();
    router.route('/:token/events').post(jsonBody, subscribe).all(allowOnly('POST', 'OPTIONS'));
    router
      .route('/:token/events/:channel')
      // Express would have `get` answer it, and the answer would never end.
      .head(allowOnly('GET', 'DELETE', 'OPTIONS'))
      .get(listen)
      .delete(unsubscribe)
      .all(allowOnly('GET', 'DELETE', 'OPTIONS'));
    return router;
  }

  /** Those who listen at this door. */
  readonly #listening = new Map<string, EventStream>();

  #here(listener: string): EventListener | undefined {
    return this.#listening.get(listener);
  }
}

function close(subscriptions: Map<string, Subscription>, name: string): void {
  subscriptions.get(name)?.listener?.end();
  subscriptions.delete(name);
}

/** An answer that is a stream of events. */
class EventStream implements EventListener {
  readonly #response: Response;
  /** What is reported before the answer has begun. */
  #early: ViewerState[] | undefined = [];

  constructor(response: Response) {
    this.#response = response;
  }

  begin(current: readonly ViewerState[]): void {
    const response = this.#response;
    response.status(200).type('text/event-stream').setHeader('Cache-Control', 'no-store');
    // nginx would keep events back until there are some kilobytes of them.
    response.setHeader('X-Accel-Buffering', 'no');
    response.flushHeaders();
    const signs = setInterval(() => this.#write(':\n\n'), SIGN_OF_LIFE_MS);
    response.once('close', () => clearInterval(signs));
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const state of [...current, ...early]) this.send(state);
  }

  send(state: ViewerState): void {
    if (this.#early) this.#early.push(state);
    else this.#write(`event: ${state.event}\ndata: ${JSON.stringify(state.data)}\n\n`);
  }

  end(): void {
    this.#response.end();
  }

  /** One that was ended stays open for as long as its reader does not read. */
  #write(text: string): void {
    if (!this.#response.writableEnded) this.#response.write(text);
  }
}
