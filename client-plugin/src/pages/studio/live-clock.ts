import { css, html, LitElement, type TemplateResult } from 'lit';
import { text } from './text.ts';

/** How long the stream has been live. */
export class LiveClock extends LitElement {
  static override properties = { since: { attribute: false } };
  /** In milliseconds since the epoch. */
  declare since: number;
  #ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ticking = setInterval(() => this.requestUpdate(), 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  protected override render(): TemplateResult {
    const seconds = Math.max(0, Math.floor((Date.now() - this.since) / 1_000));
    const two = (part: number) => String(part).padStart(2, '0');
    const hours = Math.floor(seconds / 3_600);
    const minutes = two(Math.floor(seconds / 60) % 60);
    const shown = `${hours > 0 ? `${hours}:` : ''}${minutes}:${two(seconds % 60)}`;
    return html`<time role="timer" aria-label=${text.liveFor}>${shown}</time>`;
  }

  static override styles = css`
    time {
      font-variant-numeric: tabular-nums;
    }
  `;
}

customElements.define('live-clock', LiveClock);
