import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { MeshliftError, View, ViewState } from '../index.ts';
import { LongSession } from '../pages/shared/long-session.ts';
import { Playback } from '../pages/watch/playback.ts';
import type { PlayerLayers, PlayerQuality, PlayerStats } from './embed-messages.ts';
import { playerOverlay } from './player-overlay.ts';
import { isSameQuality, parseQuality, qualityFor } from './player-quality.ts';
import { playerStats } from './player-stats.ts';
import { playerStyles } from './player-styles.ts';
import { SCRIPT_ORIGIN } from './script-origin.ts';

const fits = ['contain', 'cover', 'fill'] as const;

/** How the picture fills an element of another shape. */
export type PlayerFit = (typeof fits)[number];

/** What `detail` is in the events of a player; `volumechange` has none, as that of a video. */
export interface PlayerEvents {
  state: { state: ViewState; error?: MeshliftError };
  viewers: number;
  /** The layers to choose from, the one being received, or the choice have changed. */
  layers: PlayerLayers & { quality: PlayerQuality };
}

/**
 * `<meshlift-player server streamid muted controls quality fit>` plays a stream for as long as it is in a page,
 * and begins again by itself when the stream does. It plays in a `<video slot="video">` where it is given one,
 * and otherwise in one of its own.
 */
export class MeshliftPlayer extends LitElement {
  static override properties = {
    server: {},
    streamId: {},
    controls: { type: Boolean },
    fit: {},
    muted: { type: Boolean, noAccessor: true },
    quality: { noAccessor: true },
  };
  /** The server's URL; where this script came from by default. */
  declare server: string | null;
  declare streamId: string | null;
  /** Whether there are controls, and words on what is going on. */
  declare controls: boolean;
  /** Anything unknown is `contain`. */
  declare fit: string | null;
  #video = document.createElement('video');
  #playback: Playback | undefined;
  /** What is being played: server and stream. */
  #playing = '';
  #quality: PlayerQuality = 'auto';
  /** What has been told by each event, so that only what changes is told. */
  readonly #told = new Map<string, string>();
  /** The browser wanted a gesture before there may be sound, or anything at all. */
  #refused: 'sound' | 'everything' | undefined;
  /** Whether the sound has been on once: from then on the volume control is enough. */
  #heard = false;
  #attempt = Promise.resolve();
  #listening = new AbortController();
  readonly #session = new LongSession();

  constructor() {
    super();
    this.#video.autoplay = true;
    this.#video.playsInline = true;
    this.#video.dataset.testid = 'player';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#takeVideo();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#play('', undefined);
  }

  /** The view of the stream, while there is one. */
  get view(): View | undefined {
    return this.#playback?.view;
  }

  /** Where the stream plays. */
  get video(): HTMLVideoElement {
    return this.#video;
  }

  /** `ended` while nothing is playing under this ID: it is still waited for. */
  get state(): ViewState {
    if (!this.#playback || this.#playback.error) return 'ended';
    return this.view?.state ?? 'connecting';
  }

  /** How the stream travels: through the relay, which can see and hear it. Undefined while there is none. */
  get mode(): 'sfu' | undefined {
    return this.view?.mode;
  }

  get layers(): PlayerLayers {
    const { spatial, temporal } = this.view?.layers ?? { spatial: 1, temporal: 1 };
    return { spatial, temporal, current: this.view?.currentLayers ?? null };
  }

  get error(): MeshliftError | undefined {
    return this.#playback?.error;
  }

  get muted(): boolean {
    return this.#video.muted;
  }

  set muted(muted: boolean) {
    this.#video.muted = muted;
    // Browsers pause what is unmuted without a gesture.
    if (!muted && this.state === 'live') void this.play().catch(() => undefined);
  }

  get volume(): number {
    return this.#video.volume;
  }

  set volume(volume: number) {
    this.#video.volume = volume;
  }

  get quality(): PlayerQuality {
    return this.#quality;
  }

  /** Takes text as well, as it stands in the attribute; anything unknown is `auto`. */
  set quality(quality: PlayerQuality | string | null) {
    this.#quality = parseQuality(quality);
    this.#changed();
  }

  /**
   * Plays; without sound where the browser lets nothing be heard before a gesture. Resolves when it plays.
   *
   * @throws DOMException `NotAllowedError` where it may not even play silently
   */
  play(): Promise<void> {
    // One after the other: an attempt that is under way may have found other terms than those of now.
    this.#attempt = this.#attempt
      .catch(() => undefined)
      .then(() => this.#tryToPlay())
      .finally(() => this.requestUpdate());
    return this.#attempt;
  }

  stats(): Promise<PlayerStats> {
    return playerStats(this.view, this.#video);
  }

  protected override render(): TemplateResult {
    return html`<slot name="video">${this.#ownVideo}</slot>
      ${playerOverlay({
        player: this,
        playback: this.#playback,
        refused: this.#refused,
        heard: this.#heard,
      })}`;
  }

  protected override updated(): void {
    const fit = fits.find((name) => name === this.fit) ?? 'contain';
    this.#video.style.objectFit = fit;
    // A picture that has ended must not stand there as if it went on.
    const seen = this.#playback?.scene === 'playing' && this.view?.hasVideo === true;
    this.#video.style.opacity = seen ? '' : '0';
    this.#session.update({ asks: false, awake: this.isConnected && this.#playback?.scene === 'playing' });
    if (!this.isConnected) return;
    const server = this.server || SCRIPT_ORIGIN;
    this.#play(this.streamId ? `${server} ${this.streamId}` : '', server);
  }

  get #ownVideo(): HTMLVideoElement | typeof nothing {
    return this.#video.slot === '' ? this.#video : nothing;
  }

  /** The page's own video in place of ours, with what has been said of sound so far. */
  #takeVideo(): void {
    const given = this.querySelector<HTMLVideoElement>(':scope > video[slot="video"]');
    if (given && given !== this.#video) {
      given.muted = this.#video.muted;
      given.volume = this.#video.volume;
      this.#video = given;
    }
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const volumeChanged = () => {
      this.#heard ||= !this.#video.muted;
      if (!this.#video.muted) this.#refused = undefined;
      this.dispatchEvent(new Event('volumechange'));
      this.requestUpdate();
    };
    this.#video.addEventListener('volumechange', volumeChanged, { signal });
    this.#video.addEventListener('resize', () => this.requestUpdate(), { signal });
    document.addEventListener('fullscreenchange', () => this.requestUpdate(), { signal });
  }

  #play(playing: string, server: string | undefined): void {
    if (playing === this.#playing) return;
    this.#playing = playing;
    this.#playback?.close();
    this.#playback = undefined;
    this.#video.srcObject = null;
    if (playing !== '') {
      const playback = new Playback(this.#video, this.streamId ?? '', server);
      playback.addEventListener('change', () => this.#changed());
      this.#playback = playback;
    }
    this.#changed();
  }

  #changed(): void {
    const { view, state, error, layers, quality } = this;
    if (view) {
      const wanted = qualityFor(quality, layers.spatial);
      // Before a picture has come nobody knows how many layers there are.
      if (view.hasVideo && !isSameQuality(wanted, view.quality))
        void view.setQuality(wanted).catch(() => undefined);
      if (view.state === 'live' && this.#video.paused && !this.#refused)
        void this.play().catch(() => undefined);
    }
    this.#tell('state', { state, ...(error ? { error } : {}) }, `${state} ${error?.code}`);
    this.#tell('viewers', view?.viewers ?? 0);
    this.#tell('layers', { ...layers, quality });
    this.requestUpdate();
  }

  #tell<N extends keyof PlayerEvents>(
    name: N,
    detail: PlayerEvents[N],
    written = JSON.stringify(detail),
  ): void {
    if (this.#told.get(name) === written) return;
    this.#told.set(name, written);
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  async #tryToPlay(): Promise<void> {
    const video = this.#video;
    this.#refused = undefined;
    const refusal = await refusalOf(video);
    if (!refusal) return;
    this.#refused = 'everything';
    if (video.muted) throw refusal;
    video.muted = true;
    const stillRefused = await refusalOf(video);
    if (stillRefused) throw stillRefused;
    this.#refused = video.muted ? 'sound' : undefined;
  }

  static override styles = playerStyles;
}

/** Why the browser does not let it play; undefined when it plays, or when another load has overtaken this one. */
async function refusalOf(video: HTMLVideoElement): Promise<unknown> {
  try {
    await video.play();
    return undefined;
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotAllowedError' ? error : undefined;
  }
}

customElements.define('meshlift-player', MeshliftPlayer);

declare global {
  interface HTMLElementTagNameMap {
    'meshlift-player': MeshliftPlayer;
  }
}
