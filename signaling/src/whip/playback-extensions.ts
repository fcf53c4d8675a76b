import { type ConsumerOptions, type Layers, type MediaNode, MeshliftError } from '@meshlift/protocol';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import * as z from 'zod';
import { newSessionId } from '../access/capabilities.ts';
import { allowOnly } from '../http/errors.ts';
import { forgetHeaders } from '../http/forget-headers.ts';
import type { HttpClient } from './http-client.ts';
import { link } from './links.ts';
import type { SdpSessions } from './sdp-sessions.ts';
import { type Standing, type Told, type ViewerEvent, Viewing, viewerEvents } from './viewing.ts';

const EVENTS = 'urn:ietf:params:whep:ext:core:server-sent-events';
const LAYER = 'urn:ietf:params:whep:ext:core:layer';

/** In bytes: a list of four names, or a choice of one layer. */
const LARGEST_BODY = 4 * 1024;

/** A session needs one; a page that reloads its listener may for a moment have two. */
const MOST_CHANNELS = 4;

/** Proxies give up on answers that are silent for a minute. */
const SIGN_OF_LIFE_MS = 20_000;

const eventsSchema = z.array(z.enum(viewerEvents)).max(16);

const layerNumber = z.int().min(0).max(7);

/** As far as it can be obeyed; what else a player names is not looked at. */
const layerChoiceSchema = z.object({
  mediaId: z.string().max(255).optional(),
  /** As the event `layers` names it. */
  encodingId: z.union([z.string().regex(/^[0-7]$/), z.null()]).optional(),
  spatialLayerId: layerNumber.optional(),
  temporalLayerId: layerNumber.optional(),
  maxSpatialLayerId: layerNumber.optional(),
  maxTemporalLayerId: layerNumber.optional(),
});

interface Channel {
  wanted: readonly ViewerEvent[];
  response: Response | undefined;
}

interface Viewer {
  viewing: Viewing;
  channels: Map<string, Channel>;
}

/** What WHEP viewers may ask for beyond the core of the draft: to be told what happens, and another layer. */
export class PlaybackExtensions {
  readonly #sessions: SdpSessions;
  readonly #node: MediaNode;
  readonly #viewers = new Map<string, Viewer>();

  constructor(sessions: SdpSessions, node: MediaNode) {
    this.#sessions = sessions;
    this.#node = node;
  }

  /** Offers the extensions to a viewer that has come. @returns the values of `Link` that say so */
  open(url: string, name: string, client: HttpClient, standing: Standing): string[] {
    const channels = new Map<string, Channel>();
    const viewing = new Viewing(client, standing, (told) => {
      for (const channel of channels.values()) tell(channel, told);
    });
    this.#viewers.set(name, { viewing, channels });
    client.once('over', () => {
      this.#viewers.delete(name);
      for (const { response } of channels.values()) response?.end();
    });
    return [
      link(`${url}/events`, { rel: EVENTS, events: viewerEvents.join(',') }),
      link(`${url}/layer`, { rel: LAYER }),
    ];
  }

  routes(): Router {
    const router = Router();
    const json = express.json({ limit: LARGEST_BODY, type: () => true, strict: false });
    router.route('/:name/events').post(json, this.#subscribe).all(allowOnly('POST', 'OPTIONS'));
    router
      .route('/:name/events/:channel')
      // Express would have `get` answer it, and the answer would never end.
      .head(allowOnly('GET', 'DELETE', 'OPTIONS'))
      .get(this.#listen)
      .delete(this.#unsubscribe)
      .all(allowOnly('GET', 'DELETE', 'OPTIONS'));
    router
      .route('/:name/layer')
      .post(json, this.#choose)
      .delete(this.#leaveOpen)
      .all(allowOnly('POST', 'DELETE', 'OPTIONS'));
    return router;
  }

  readonly #subscribe: RequestHandler = (request, response) => {
    const { channels } = this.#viewer(request);
    const wanted = eventsSchema.safeParse(request.body);
    if (!wanted.success) throw new MeshliftError('BAD_REQUEST', 'This must be a list of names of events.');
    const [oldest = ''] = channels.keys();
    if (channels.size >= MOST_CHANNELS) close(channels, oldest);
    const channel = newSessionId();
    channels.set(channel, { wanted: wanted.data, response: undefined });
    response.status(201).location(`${request.originalUrl}/${channel}`).end();
  };

  readonly #listen: RequestHandler = (request, response) => {
    const { viewing, channels } = this.#viewer(request);
    const channel = channels.get(String(request.params.channel));
    if (!channel) throw new MeshliftError('SESSION_NOT_FOUND');
    channel.response?.end();
    channel.response = response;
    response.status(200).type('text/event-stream').setHeader('Cache-Control', 'no-store');
    // nginx would keep events back until there are some kilobytes of them.
    response.setHeader('X-Accel-Buffering', 'no');
    response.flushHeaders();
    // The answer may last for hours.
    forgetHeaders(request);
    for (const told of viewing.standing()) tell(channel, told);
    const signs = setInterval(() => write(response, ':\n\n'), SIGN_OF_LIFE_MS);
    response.once('close', () => {
      clearInterval(signs);
      if (channel.response === response) channel.response = undefined;
    });
  };

  readonly #unsubscribe: RequestHandler = (request, response) => {
    const { channels } = this.#viewer(request);
    close(channels, String(request.params.channel));
    response.status(200).end();
  };

  readonly #choose: RequestHandler = async (request, response) => {
    const { viewing } = this.#viewer(request);
    const choice = layerChoiceSchema.safeParse(request.body);
    if (!choice.success) throw new MeshliftError('BAD_REQUEST', 'This is no choice of a layer.');
    const consumer = pictureOf(viewing.consumers, choice.data.mediaId);
    await this.#setLayers(request, consumer, layersOf(choice.data, consumer));
    response.status(200).end();
  };

  readonly #leaveOpen: RequestHandler = async (request, response) => {
    for (const consumer of this.#viewer(request).viewing.consumers) {
      if (consumer.kind === 'video') await this.#setLayers(request, consumer, null);
    }
    response.status(200).end();
  };

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  #viewer(request: Request): Viewer {
    const { name } = this.#sessions.get(request.params.name);
    const viewer = this.#viewers.get(name);
    if (!viewer) throw new MeshliftError('SESSION_NOT_FOUND');
    return viewer;
  }

  #setLayers(request: Request, { id }: ConsumerOptions, layers: Layers | null): Promise<void> {
    return this.#node.setConsumerLayers(this.#sessions.get(request.params.name).session.id, id, layers);
  }
}

function close(channels: Map<string, Channel>, name: string): void {
  channels.get(name)?.response?.end();
  channels.delete(name);
}

function tell({ wanted, response }: Channel, { event, data }: Told): void {
  if (response && wanted.includes(event))
    write(response, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** One that was ended stays open for as long as its reader does not read. */
function write(response: Response, text: string): void {
  if (!response.writableEnded) response.write(text);
}

/** @throws MeshliftError `WRONG_STATE` when there is no picture, or none in that section */
function pictureOf(consumers: ConsumerOptions[], mid: string | undefined): ConsumerOptions {
  const pictures = consumers.filter(({ kind }) => kind === 'video');
  const found =
    mid === undefined ? pictures[0] : pictures.find(({ rtpParameters }) => rtpParameters.mid === mid);
  if (!found) throw new MeshliftError('WRONG_STATE', 'There is no such picture now.');
  return found;
}

/** @throws MeshliftError `BAD_REQUEST` for a layer that the picture does not have */
function layersOf(choice: z.infer<typeof layerChoiceSchema>, consumer: ConsumerOptions): Layers | null {
  const { encodingId, spatialLayerId, maxSpatialLayerId, temporalLayerId, maxTemporalLayerId } = choice;
  const spatialLayer =
    encodingId === undefined || encodingId === null
      ? (spatialLayerId ?? maxSpatialLayerId)
      : Number(encodingId);
  const temporalLayer = temporalLayerId ?? maxTemporalLayerId;
  if (spatialLayer === undefined && temporalLayer === undefined) return null;
  const layers = { spatialLayer: spatialLayer ?? consumer.spatialLayers - 1, temporalLayer };
  if (layers.spatialLayer >= consumer.spatialLayers) {
    throw new MeshliftError('BAD_REQUEST', `This picture has the layers 0 to ${consumer.spatialLayers - 1}.`);
  }
  return layers;
}
