import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Participant } from '../../../index.ts';
import * as icons from '../../shared/icons.ts';
import { plateStyles } from '../../shared/plate-styles.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import './room-tile.ts';
import type { Seat } from './room-tile.ts';
import { Spotlight } from './spotlight.ts';
import { nameOf, text } from './text.ts';
import { placeAround, placeTiles, type Size } from './tile-layout.ts';
import { tileStyles } from './tile-styles.ts';
import { VisitElement } from './visit-element.ts';

/** Everybody who is in the room, this page's own picture first. */
export class RoomGrid extends VisitElement {
  static override properties = { area: { state: true }, silent: { state: true } };
  declare area: Size;
  /** The browser has let somebody play only without sound. */
  declare silent: boolean;
  readonly #spotlight = new Spotlight();
  readonly #sizes = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    this.area = { width, height };
  });

  constructor() {
    super();
    this.area = { width: 0, height: 0 };
    this.silent = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  protected override render(): TemplateResult {
    const seats = this.#seats;
    this.#spotlight.update(seats.filter(({ sharing }) => sharing).map(({ id }) => id));
    const large = seats.findIndex(({ id }) => id === this.#spotlight.on);
    const { places, height } =
      large < 0 ? placeTiles(this.area, seats.length) : placeAround(this.area, seats.length, large);
    return html`
      <div class="tiles" style="height: ${Math.max(height, this.area.height)}px">
        ${repeat(
          seats,
          ({ id }) => id,
          (seat, index) => {
            const { left = 0, top = 0, width = 0, height = 0 } = places[index] ?? {};
            return html`<room-tile
              class=${seat.speaking ? 'speaking' : ''}
              data-testid=${seat.own ? 'own-tile' : 'remote-tile'}
              data-participant=${seat.own ? nothing : seat.id}
              data-state=${seat.connecting ? 'connecting' : 'here'}
              style="left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px"
              .seat=${seat}
              data-stage=${index === large ? 'on' : 'off'}
              ?enlarged=${index === large}
              @enlarge=${() => {
                this.#spotlight.toggle(seat.id);
                this.requestUpdate();
              }}
              @blocked=${() => {
                this.silent = true;
              }}
            ></room-tile>`;
          },
        )}
      </div>
      ${
        this.silent
          ? html`<button class="button primary large sound" @click=${this.#playSound}>
            ${icons.speaker}${text.tapForSound}
          </button>`
          : nothing
      }
    `;
  }

  get #seats(): Seat[] {
    const { room } = this.visit;
    if (!room) return [];
    const speaker = room.activeSpeaker;
    return [this.#own(), ...room.participants.map((participant) => seatOf(participant, speaker))];
  }

  #own(): Seat {
    const { room, sending, name } = this.visit;
    const paused = sending.has('video') && sending.isPaused('video');
    return {
      id: 'own',
      own: true,
      name: text.nameOfYou(name.trim()),
      host: room?.host ?? false,
      muted: sending.has('audio') && sending.isPaused('audio'),
      voiceless: !sending.has('audio'),
      // Nobody needs to look at their own screen a second time.
      sharing: false,
      connecting: false,
      picture: sending.has('video') && !paused,
      pictureOff: paused,
      speaking: false,
      mirrored: sending.mirrored,
      stream: sending.stream,
    };
  }

  #playSound(): void {
    this.silent = false;
    for (const video of this.renderRoot.querySelectorAll<HTMLVideoElement>(
      '[data-testid="remote-tile"] video',
    )) {
      video.muted = false;
      void video.play().catch(() => undefined);
    }
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    plateStyles,
    tileStyles,
    css`
      :host {
        position: relative;
        min-height: 0;
        overflow: hidden auto;
        scrollbar-width: thin;
      }
      .tiles {
        position: relative;
      }
      .sound {
        position: sticky;
        bottom: 20px;
        left: 50%;
        border-radius: 999px;
        box-shadow: var(--shadow);
        translate: -50% 0;
      }
    `,
  ];
}

function seatOf(participant: Participant, speaker: Participant | undefined): Seat {
  const { participantId, stream } = participant;
  return {
    id: participantId,
    own: false,
    name: nameOf(participant),
    host: participant.host,
    muted: participant.audioPaused,
    voiceless: participant.reached && !participant.publishes('audio'),
    connecting: !participant.reached,
    sharing: participant.sharesScreen,
    picture: stream?.hasVideo ?? false,
    pictureOff: participant.videoPaused,
    speaking: participant === speaker,
    mirrored: false,
    stream,
  };
}

customElements.define('room-grid', RoomGrid);
