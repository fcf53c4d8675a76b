import { MeshliftError, type RtpCapabilities } from '@meshlift/protocol';
import type { types } from 'mediasoup-client';
import type { VideoCodec } from './encodings.ts';
import type { ReceivePath } from './receive-path.ts';
import type { PathOptions } from './relay-transport.ts';
import type { SendPath, VideoExtent } from './send-path.ts';

/** The relay's client, ready for the codecs that this browser and the server share. */
export interface Relay {
  /** What this browser can receive. */
  rtpCapabilities: RtpCapabilities;
  send(options: PathOptions, codec: VideoCodec, extent?: VideoExtent): SendPath;
  receive(options: PathOptions, inStep: boolean): ReceivePath;
}

/** Starts to load the relay's client, for a page that knows it will need it. */
export const preloadRelay = () => import('./relay-client.ts');

/** A device learns what the browser can do from a connection made for that; once for each server is enough. */
const loaded = new Map<string, Promise<Relay>>();

/**
 * @throws MeshliftError `UNSUPPORTED_BROWSER` where there is no WebRTC, or one that mediasoup-client does not
 *   know; `DISCONNECTED` when the client cannot be loaded
 */
export function loadRelay(routerRtpCapabilities: RtpCapabilities): Promise<Relay> {
  const key = JSON.stringify(routerRtpCapabilities);
  const known = loaded.get(key);
  if (known) return known;
  const loading = load(routerRtpCapabilities);
  loaded.set(key, loading);
  loading.catch(() => loaded.delete(key));
  return loading;
}

async function load(routerRtpCapabilities: RtpCapabilities): Promise<Relay> {
  const client = await preloadRelay().catch((error: unknown) => {
    throw new MeshliftError('DISCONNECTED', undefined, { cause: error });
  });
  try {
    const device = await client.Device.factory();
    await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    return {
      rtpCapabilities: device.recvRtpCapabilities as RtpCapabilities,
      send: (options, codec, extent) => new client.SendPath(device, options, codec, extent),
      receive: (options, inStep) => new client.ReceivePath(device, options, inStep),
    };
  } catch (error) {
    throw new MeshliftError('UNSUPPORTED_BROWSER', undefined, { cause: error });
  }
}
