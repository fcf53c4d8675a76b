import { type ConsumerOptions, type Layers, type MediaNode, MeshliftError } from '@meshlift/protocol';
import { type Request, type RequestHandler, Router } from 'express';
import * as z from 'zod';
import type { Config } from '../config/config.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { allowOnly } from '../http/errors.ts';
import type { HeldSessions } from './held-sessions.ts';
import { jsonBody } from './json-body.ts';
import { link } from './links.ts';
import type { SessionCallHandlers, SessionCalls } from './session-calls.ts';

const LAYER = 'urn:ietf:params:whep:ext:core:layer';

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

/** The value of `Link` that offers the choice. @param url of the session */
export const layerLink = (url: string): string => link(`${url}/layer`, { rel: LAYER });

/** `POST` and `DELETE` of `/layer` below a session's URL: the WHEP extension by which a viewer chooses a layer. */
export function layerRoutes({ calls, config }: { calls: SessionCalls; config: Config }): Router {
  const choose: RequestHandler = async (request, response) => {
    await calls.carryOut('chooseLayer', { ...addressed(request), choice: request.body });
    response.status(200).end();
  };

  const leaveOpen: RequestHandler = async (request, response) => {
    await calls.carryOut('chooseLayer', { ...addressed(request), choice: null });
    response.status(200).end();
  };

  const addressed = (request: Request) => ({
    token: request.params.token,
    baseUrl: baseUrlOf(request, config),
  });

  const router = Router();
  router
    .route('/:token/layer')
    .post(jsonBody, choose)
    .delete(leaveOpen)
    .all(allowOnly('POST', 'DELETE', 'OPTIONS'));
  return router;
}

/** What carries a choice out, where the session is. */
export function layerHandler({
  held,
  node,
}: {
  held: HeldSessions;
  node: MediaNode;
}): SessionCallHandlers['chooseLayer'] {
  return async ({ token, baseUrl, choice: chosen }) => {
    const { id: sessionId } = (await held.get(token, baseUrl)).session;
    const choice = layerChoiceSchema.nullable().safeParse(chosen);
    if (!choice.success) throw new MeshliftError('BAD_REQUEST', 'This is no choice of a layer.');
    const consumers = await node.listConsumers(sessionId);
    if (choice.data) {
      const consumer = videoOf(consumers, choice.data.mediaId);
      await node.setConsumerLayers(sessionId, consumer.id, layersOf(choice.data, consumer));
      return;
    }
    for (const { kind, id } of consumers) {
      if (kind === 'video') await node.setConsumerLayers(sessionId, id, null);
    }
  };
}

/** @throws MeshliftError `WRONG_STATE` when there is no video, or none in that section */
function videoOf(consumers: ConsumerOptions[], mid: string | undefined): ConsumerOptions {
  const videos = consumers.filter(({ kind }) => kind === 'video');
  const found = mid === undefined ? videos[0] : videos.find(({ rtpParameters }) => rtpParameters.mid === mid);
  if (!found) throw new MeshliftError('WRONG_STATE', 'There is no such video now.');
  return found;
}

/** @throws MeshliftError `BAD_REQUEST` for a layer that the video does not have */
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
    throw new MeshliftError('BAD_REQUEST', `This video has the layers 0 to ${consumer.spatialLayers - 1}.`);
  }
  return layers;
}
