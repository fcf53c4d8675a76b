import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { baseStyles, fieldStyles } from '../shared/styles.ts';
import type { ChosenDevices } from './source-kinds.ts';
import { text } from './text.ts';

/** Which camera and microphone, as soon as the browser tells their names. Emits `choose` with what changed. */
export class DeviceSelects extends LitElement {
  static override properties = {
    stream: { attribute: false },
    withoutCamera: { type: Boolean },
    found: { state: true },
  };
  declare stream: MediaStream | undefined;
  /** There is only a microphone to choose. */
  declare withoutCamera: boolean;
  declare found: MediaDeviceInfo[];

  constructor() {
    super();
    this.found = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    navigator.mediaDevices?.addEventListener('devicechange', this.#look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    navigator.mediaDevices?.removeEventListener('devicechange', this.#look);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    // Names are told once a stream has been opened.
    if (changed.has('stream')) this.#look();
  }

  protected override render(): TemplateResult {
    return html`${this.withoutCamera ? nothing : this.#select('camera', 'videoinput', this.stream?.getVideoTracks()[0])}
    ${this.#select('microphone', 'audioinput', this.stream?.getAudioTracks()[0])}`;
  }

  #select(
    name: keyof ChosenDevices,
    kind: MediaDeviceKind,
    track: MediaStreamTrack | undefined,
  ): TemplateResult | typeof nothing {
    const devices = this.found.filter((device) => device.kind === kind && device.deviceId !== '');
    if (devices.length === 0) return nothing;
    const inUse = track?.getSettings().deviceId;
    const choose = (event: Event & { target: HTMLSelectElement }) => {
      const detail: ChosenDevices = { [name]: event.target.value };
      this.dispatchEvent(new CustomEvent('choose', { detail }));
    };
    return html`<label>
      <span class="label">${text[name]}</span>
      <select class="field" @change=${choose}>
        ${devices.map(
          ({ deviceId, label }, index) => html`<option value=${deviceId} ?selected=${deviceId === inUse}>
            ${label || text.unnamedDevice(index + 1)}
          </option>`,
        )}
      </select>
    </label>`;
  }

  readonly #look = () => {
    navigator.mediaDevices?.enumerateDevices().then(
      (found) => {
        this.found = found;
      },
      () => undefined,
    );
  };

  static override styles = [
    baseStyles,
    fieldStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(180px, 1fr));
        gap: 14px;
      }
      label {
        min-width: 0;
      }
    `,
  ];
}

customElements.define('device-selects', DeviceSelects);
