import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Participant, Room } from '../../index.ts';
import * as icons from '../../pages/shared/icons.ts';
import { nameOf, text } from '../../pages/studio/room/text.ts';
import { placeAround, placeTiles } from '../../pages/studio/room/tile-layout.ts';
import type { MeshliftRoom } from './room.ts';

/** Everybody in the room, this participant first, as large as there is place. */
export function tiles(element: MeshliftRoom, room: Room): TemplateResult {
  const { media, area } = element;
  const { spotlight } = element;
  spotlight.update(
    room.participants.filter(({ sharesScreen }) => sharesScreen).map(({ participantId }) => participantId),
  );
  const large = room.participants.findIndex(({ participantId }) => participantId === spotlight.on) + 1;
  const count = room.participants.length + 1;
  const { places, height } = large > 0 ? placeAround(area, count, large) : placeTiles(area, count);
  const styleOf = (index: number) => {
    const { left = 0, top = 0, width = 0, height = 0 } = places[index] ?? {};
    return `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`;
  };
  const own = {
    name: text.nameOfYou(element.name?.trim() ?? ''),
    muted: media.has('audio') && media.isPaused('audio'),
    voiceless: !media.has('audio'),
    connecting: false,
    picture: media.has('video') && !media.isPaused('video'),
    host: room.host,
  };
  return html`<div class="tiles">
    <div style="height: ${height}px">
      <div class="tile own ${media.mirrored ? 'mirrored' : ''}" data-testid="own-tile" style=${styleOf(0)}>
        <video autoplay muted playsinline aria-label=${own.name}></video>
        ${plate(own)}
      </div>
      ${repeat(
        room.participants,
        ({ participantId }) => participantId,
        (participant, index) => html`<div
          class="tile ${room.activeSpeaker === participant ? 'speaking' : ''}"
          data-testid="remote-tile"
          data-participant=${participant.participantId}
          data-state=${participant.reached ? 'here' : 'connecting'}
          data-stage=${index + 1 === large ? 'on' : 'off'}
          style=${styleOf(index + 1)}
        >
          <video autoplay playsinline aria-label=${nameOf(participant)}></video>
          ${plate(seatOf(participant))}
          <button
            class="enlarge"
            data-testid="enlarge"
            aria-pressed=${index + 1 === large}
            aria-label=${index + 1 === large ? text.shrink : text.enlarge(nameOf(participant))}
            @click=${() => element.toggleSpotlight(participant.participantId)}
          >
            ${index + 1 === large ? icons.shrink : icons.expand}
          </button>
        </div>`,
      )}
    </div>
  </div>`;
}

interface Seat {
  name: string;
  muted: boolean;
  /** No sound comes from here, muted or not. */
  voiceless: boolean;
  /** No link leads here yet. */
  connecting: boolean;
  /** Whether there is a picture to see. */
  picture: boolean;
  host: boolean;
}

function seatOf(participant: Participant): Seat {
  const { audioPaused, stream, host, reached } = participant;
  return {
    name: nameOf(participant),
    muted: audioPaused,
    voiceless: reached && !participant.publishes('audio'),
    connecting: !reached,
    picture: stream?.hasVideo ?? false,
    host,
  };
}

function plate({ name, muted, voiceless, connecting, picture, host }: Seat): TemplateResult {
  const [first = '?'] = name;
  return html`${picture ? nothing : html`<div class="no-picture"><span class=${connecting ? 'spinner' : ''}>${connecting ? '' : first.toUpperCase()}</span></div>`}
    <div class="plate">
      ${muted ? html`<span class="muted" data-testid="muted-mark">${icons.microphoneOff}<span class="visually-hidden">${text.muted}</span></span>` : nothing}
      ${voiceless ? html`<span class="voiceless" data-testid="no-audio-mark">${icons.microphoneOff}<span class="visually-hidden">${text.voiceless}</span></span>` : nothing}
      <span class="name">${name}</span>
      ${host ? html`<span class="badge">${text.host}</span>` : nothing}
    </div>`;
}

/**
 * Plays everybody in their tile, and this participant in theirs.
 *
 * @param refused is called when the browser lets somebody play only without sound
 */
export function attachTiles(
  container: Element,
  room: Room,
  own: MediaStream | undefined,
  refused: () => void,
): void {
  const ownVideo = container.querySelector<HTMLVideoElement>('.own video');
  if (ownVideo && ownVideo.srcObject !== (own ?? null)) {
    ownVideo.muted = true;
    ownVideo.srcObject = own ?? null;
  }
  const tiles = [...container.querySelectorAll<HTMLElement>('[data-participant]')];
  for (const { participantId, stream } of room.participants) {
    const tile = tiles.find(({ dataset }) => dataset.participant === participantId);
    const video = tile?.querySelector('video');
    if (!video || !stream || stream.elements.includes(video)) continue;
    stream.attach(video);
    void playLoudly(video, refused);
  }
}

async function playLoudly(video: HTMLVideoElement, refused: () => void): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    video.muted = true;
    refused();
    await video.play().catch(() => undefined);
  }
}
