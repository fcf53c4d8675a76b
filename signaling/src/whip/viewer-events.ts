import { MeshliftError } from '@meshlift/protocol';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import * as z from 'zod';
import { newSessionId } from '../access/capabilities.ts';
import { allowOnly } from '../http/errors.ts';
import { forgetHeaders } from '../http/forget-headers.ts';
import type { Session } from '../sessions/session.ts';
import type { HttpClient } from './http-client.ts';
import { jsonBody } from './json-body.ts';
import { link } from './links.ts';
import type { SdpSessions } from './sdp-sessions.ts';
import {
  type SentState,
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

/** One event stream that a viewer has asked for, and the response that is open for it. */
interface Subscription {
  wanted: readonly ViewerEvent[];
  response: Response | undefined;
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

/** `/events` below a session's URL: the WHEP extension by which a viewer receives server-sent events. */
export class ViewerEvents {
  readonly #sessions: SdpSessions;
  /** By the names of their sessions. */
  readonly #viewers = new Map<string, Viewer>();

  constructor(sessions: SdpSessions) {
    this.#sessions = sessions;
  }

  /** Offers events to a viewer that has arrived. @returns the value of `Link` that says so */
  open({ url, session, client, status }: ArrivedViewer): string {
    const subscriptions = new Map<string, Subscription>();
    const events = new ViewerEventChannel(client, status, (sent) => {
      for (const subscription of subscriptions.values()) send(subscription, sent);
    });
    this.#viewers.set(session.id, { events, subscriptions });
    client.once('over', () => {
      this.#viewers.delete(session.id);
      for (const { response } of subscriptions.values()) response?.end();
    });
    return link(`${url}/events`, { rel: EVENTS, events: viewerEvents.join(',') });
  }

  routes(): Router {
    const router = Router();
    router.route('/:token/events').post(jsonBody, this.#subscribe).all(allowOnly('POST', 'OPTIONS'));
    router
      .route('/:token/events/:channel')
      // Express would have `get` answer it, and the answer would never end.
      .head(allowOnly('GET', 'DELETE', 'OPTIONS'))
      .get(this.#listen)
      .delete(this.#unsubscribe)
      .all(allowOnly('GET', 'DELETE', 'OPTIONS'));
    return router;
  }

  readonly #subscribe: RequestHandler = (request, response) => {
    const { subscriptions } = this.#viewer(request);
    const wanted = eventsSchema.safeParse(request.body);
    if (!wanted.success) throw new MeshliftError('BAD_REQUEST', 'This must be a list of names of events.');
    const [oldest = ''] = subscriptions.keys();
    if (subscriptions.size >= MOST_SUBSCRIPTIONS) close(subscriptions, oldest);
    const name = newSessionId();
    subscriptions.set(name, { wanted: wanted.data, response: undefined });
    response.status(201).location(`${request.originalUrl}/${name}`).end();
  };

  readonly #listen: RequestHandler = (request, response) => {
    const { events, subscriptions } = this.#viewer(request);
    const subscription = subscriptions.get(String(request.params.channel));
    if (!subscription) throw new MeshliftError('SESSION_NOT_FOUND');
    subscription.response?.end();
    subscription.response = response;
    response.status(200).type('text/event-stream').setHeader('Cache-Control', 'no-store');
    // nginx would keep events back until there are some kilobytes of them.
    response.setHeader('X-Accel-Buffering', 'no');
    response.flushHeaders();
    // The answer may last for hours.
    forgetHeaders(request);
    for (const state of events.current()) send(subscription, state);
    const signs = setInterval(() => write(response, ':\n\n'), SIGN_OF_LIFE_MS);
    response.once('close', () => {
      clearInterval(signs);
      if (subscription.response === response) subscription.response = undefined;
    });
  };

  readonly #unsubscribe: RequestHandler = (request, response) => {
    const { subscriptions } = this.#viewer(request);
    close(subscriptions, String(request.params.channel));
    response.status(200).end();
  };

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  #viewer(request: Request): Viewer {
    const session = this.#sessions.find(request.params.token)?.session;
    const viewer = session && this.#viewers.get(session.id);
    if (!viewer) throw new MeshliftError('SESSION_NOT_FOUND');
    return viewer;
  }
}

function close(subscriptions: Map<string, Subscription>, name: string): void {
  subscriptions.get(name)?.response?.end();
  subscriptions.delete(name);
}

function send({ wanted, response }: Subscription, { event, data }: SentState): void {
  if (response && wanted.includes(event))
    write(response, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** One that was ended stays open for as long as its reader does not read. */
function write(response: Response, text: string): void {
  if (!response.writableEnded) response.write(text);
}
