import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { RemoteStream } from '../../../index.ts';
import * as icons from '../../shared/icons.ts';
import { text } from './text.ts';

/** What a tile says of one person, this page's own included. */
export interface Seat {
  id: string;
  own: boolean;
  name: string;
  host: boolean;
  muted: boolean;
  /** No sound comes from here, muted or not. */
  voiceless: boolean;
  /** No link leads here yet: who it is nobody knows. */
  connecting: boolean;
  /** Whether there is a picture to see. */
  picture: boolean;
  /** There was one, and it has been switched off. */
  pictureOff: boolean;
  /** The picture is that of a screen. */
  sharing: boolean;
  speaking: boolean;
  mirrored: boolean;
  stream: RemoteStream | MediaStream | undefined;
}

/**
 * One person: their picture, or their initial, with their name. It draws into the grid's own tree, whose styles
 * it takes. Emits `enlarge`, and `blocked` when the browser lets no sound play before somebody has tapped.
 */
export class RoomTile extends LitElement {
  static override properties = { seat: { attribute: false }, enlarged: { type: Boolean } };
  declare seat: Seat;
  declare enlarged: boolean;
  #attached: RemoteStream | MediaStream | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#attach(undefined);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#attach(this.seat.stream);
  }

  protected override render(): TemplateResult {
    const { seat } = this;
    return html`
      <video
        class=${seat.mirrored ? 'mirrored' : ''}
        aria-label=${seat.name}
        autoplay
        playsinline
        @click=${() => this.enlarged || this.dispatchEvent(new CustomEvent('enlarge'))}
      ></video>
      ${seat.picture ? nothing : this.#initial()}
      <div class="plate">
        ${seat.muted ? html`<span class="mark off" data-testid="muted-mark">${icons.microphoneOff}<span class="visually-hidden">${text.muted}</span></span>` : nothing}
        ${seat.voiceless ? html`<span class="mark" data-testid="no-audio-mark">${icons.microphoneOff}<span class="visually-hidden">${text.voiceless}</span></span>` : nothing}
        ${seat.pictureOff ? html`<span class="mark" data-testid="picture-off-mark">${icons.cameraOff}<span class="visually-hidden">${text.pictureOff}</span></span>` : nothing}
        <span class="name">${seat.name}</span>
        ${seat.host ? html`<span class="badge" data-testid="host-badge">${text.host}</span>` : nothing}
        ${seat.speaking ? html`<span class="visually-hidden">${text.speaking}</span>` : nothing}
      </div>
      ${this.#enlargeButton()}
    `;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('seat')) this.#attach(this.seat.stream);
  }

  #initial(): TemplateResult {
    const { name, id, connecting } = this.seat;
    if (connecting) return html`<div class="no-picture"><span class="spinner"></span></div>`;
    const hue = [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
    const [first = '?'] = name;
    return html`<div class="no-picture">
      <span class="initial" style="--hue: ${hue}">${first.toUpperCase()}</span>
    </div>`;
  }

  #enlargeButton(): TemplateResult {
    const label = this.enlarged ? text.shrink : text.enlarge(this.seat.name);
    return html`<button
      class="enlarge"
      data-testid="enlarge"
      aria-pressed=${this.enlarged}
      aria-label=${label}
      title=${label}
      @click=${() => this.dispatchEvent(new CustomEvent('enlarge'))}
    >
      ${this.enlarged ? icons.shrink : icons.expand}
    </button>`;
  }

  #attach(stream: RemoteStream | MediaStream | undefined): void {
    const video = this.querySelector('video');
    if (!video || stream === this.#attached) return;
    if (this.#attached instanceof MediaStream) video.srcObject = null;
    else this.#attached?.detach(video);
    this.#attached = stream;
    if (!stream) return;
    video.muted = this.seat.own;
    if (stream instanceof MediaStream) video.srcObject = stream;
    else stream.attach(video);
    void this.#play(video);
  }

  /** Without a click on the page first, some browsers play it only silently. */
  async #play(video: HTMLVideoElement): Promise<void> {
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      video.muted = true;
      this.dispatchEvent(new CustomEvent('blocked'));
      await video.play().catch(() => undefined);
    }
  }
}

customElements.define('room-tile', RoomTile);
