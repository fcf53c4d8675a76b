import { expect, type Page } from '@playwright/test';
import { Viewer } from './fixtures.ts';
import type { DrivenPage } from './member.ts';
import type { Seen } from './probe.ts';
import type { LayerChoice, PlayOptions, PublishingClient, PublishOptions, SdpClient } from './sdp-page.ts';

const BOTH = ['audio', 'video'] as const;

/** From the smallest to the largest: Chromium gives up the last ones first. */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_200_000 },
];

/** How many of them can be sent: mediasoup knows simulcast of these two alone. */
export const layersFor = (codec: string) => (codec === 'VP8' || codec === 'H264' ? LAYERS : undefined);

/** The way that media takes. */
export interface Path {
  /** The relay's port, as the page knows it. */
  remotePort: number;
  /** RFC 8839, section 5.4: another one after an ICE restart. */
  localUsernameFragment: string;
}

/** Publishes by WHIP from a page that runs `sdp-page.ts`. Resolves when the stream is live. */
export async function publishFrom(page: DrivenPage, options: PublishOptions): Promise<void> {
  await page.evaluate((options) => window.sdp.publish(options), options);
  // The page may see the connection stand before the server does.
  const status = options.url.replace('/whip/', '/api/streams/');
  const headers = { authorization: `Bearer ${options.key}` };
  const stateOf = async () => ((await (await fetch(status, { headers })).json()) as { state?: string }).state;
  await expect.poll(stateOf).toBe('live');
}

/** Plays by WHEP in a page that runs `sdp-page.ts`, in a video element of its own. */
export async function playIn(page: DrivenPage, options: PlayOptions): Promise<void> {
  await page.evaluate((options) => {
    const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
    video.dataset.testid = 'player';
    video.style.cssText = 'position: fixed; inset: 0; width: 640px; z-index: 1';
    document.body.append(video);
    return window.sdp.play(options, video);
  }, options);
}

/** What pages that publish and pages that watch have in common. */
abstract class SdpEnd extends Viewer {
  /** `PATCH` with new credentials, and an answer with the server's. */
  restart(): Promise<void> {
    return this.page.evaluate(() => window.sdp.restart());
  }

  /** `DELETE`. */
  stop(): Promise<void> {
    return this.page.evaluate(() => window.sdp.stop());
  }

  path(): Promise<Path | undefined> {
    return this.page.evaluate(async () => {
      const stats = await window.sdp.connection?.getStats();
      const all = [...(stats?.values() ?? [])];
      const used = all.find(({ type }) => type === 'transport');
      const pair = stats?.get(used?.selectedCandidatePairId ?? '');
      if (!pair) return undefined;
      const remotePort = stats?.get(pair.remoteCandidateId)?.port;
      return { remotePort, localUsernameFragment: used.iceLocalUsernameFragment };
    });
  }

  /** The status of the next `PATCH` that tells of candidates. */
  async trickled(): Promise<number> {
    const response = await this.page.waitForResponse(
      (answer) =>
        answer.request().method() === 'PATCH' &&
        (answer.request().postData() ?? '').includes('a=end-of-candidates'),
    );
    return response.status();
  }
}

/** Somebody who publishes by WHIP: a frame counter in a picture of 1280 × 720, and a tone of 660 Hz. */
export class WhipPublisher extends SdpEnd {
  readonly client: PublishingClient;

  constructor(page: Page, client: PublishingClient) {
    super(page);
    this.client = client;
  }

  /** Resolves when the stream is live; rejects with the status of an answer that is a refusal. */
  async publish(
    { whipUrl, publishKey }: { whipUrl: string; publishKey: string },
    options: Partial<PublishOptions> = {},
  ): Promise<void> {
    const { client } = this;
    await publishFrom(this.page, {
      client,
      url: whipUrl,
      key: publishKey,
      kinds: BOTH,
      layers: LAYERS,
      ...options,
    });
  }
}

/** Somebody who watches by WHEP, in a page with nothing but a video element. */
export class WhepViewer extends SdpEnd {
  readonly client: SdpClient;

  constructor(page: Page, client: SdpClient) {
    super(page);
    this.client = client;
  }

  async play({ whepUrl }: { whepUrl: string }, options: Partial<PlayOptions> = {}): Promise<void> {
    await playIn(this.page, { client: this.client, url: whepUrl, kinds: BOTH, ...options });
  }

  /** Resolves when the server has taken the choice; `null` leaves it to the server again. */
  selectLayer(encodingId: string | null): Promise<void> {
    return this.page.evaluate((encodingId) => {
      const transceivers = window.sdp.connection?.getTransceivers() ?? [];
      const mediaId = transceivers.find(({ receiver }) => receiver.track.kind === 'video')?.mid ?? '';
      const choice: LayerChoice | null = encodingId === null ? null : { mediaId, encodingId };
      return window.sdp.selectLayer(choice);
    }, encodingId);
  }

  /** Asks to be told of these events. */
  listen(...names: string[]): Promise<void> {
    return this.page.evaluate((names) => window.sdp.listen(names), names);
  }

  /** What was told since. */
  told(): Promise<{ event: string; data: unknown }[]> {
    return this.page.evaluate(() => window.sdp.events);
  }

  /** The codec of what is decoded now. */
  codec(): Promise<string | undefined> {
    return this.page.evaluate(async () => {
      const stats = [...((await window.sdp.connection?.getStats())?.values() ?? [])];
      const streams = stats.filter(
        ({ type, kind, framesDecoded }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0,
      );
      const latest = streams.sort((a, b) => a.lastPacketReceivedTimestamp - b.lastPacketReceivedTimestamp);
      return stats.find(({ id }) => id === latest.at(-1)?.codecId)?.mimeType;
    });
  }

  /** Waits until the picture has moved on by more than any buffer can hold. */
  async seesItGoOn(): Promise<void> {
    const { count = 0 } = await this.seesMotion();
    await expect.poll(async () => (await this.see()).count ?? 0).toBeGreaterThan(count + 20);
  }

  /** Waits until a picture moves whose counter is below, as that of a publisher who has begun anew. */
  async seesCounterBelow(count: number): Promise<Seen> {
    await expect.poll(async () => (await this.see()).count).toBeLessThan(count);
    return this.seesMotion();
  }
}
