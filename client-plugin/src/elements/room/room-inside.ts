import { html, nothing, type TemplateResult } from 'lit';
import type { Room } from '../../index.ts';
import { confirmation } from '../../pages/shared/confirmation.ts';
import * as icons from '../../pages/shared/icons.ts';
import { notice } from '../../pages/shared/notice.ts';
import { wayOf, wayWords } from '../../pages/shared/stream-facts.ts';
import { relayNotices } from '../../pages/studio/room/relay-notices.ts';
import type { Switching } from '../../pages/studio/room/switching.ts';
import { modeText, text } from '../../pages/studio/room/text.ts';
import { lostNotices } from '../../pages/studio/source-notices.ts';
import type { MeshliftRoom } from './room.ts';
import { tiles } from './room-tiles.ts';

/** The room from inside: how it travels, everybody in it, and what this participant can switch. */
export function inside(element: MeshliftRoom, room: Room, switching: Switching): TemplateResult {
  const way = wayOf(room);
  return html`<div class="inside">
    <header>
      <span class="mode" data-testid="mode-label" data-mode=${room.mode} data-way=${way}>
        ${way === 'direct' ? icons.direct : icons.relay}
        <span>${wayWords(way, room.relayHost)}</span>
      </span>
      ${room.host ? toggle(element, switching) : switching.running ? progress(switching.running) : nothing}
    </header>
    ${notices(element, room, switching)} ${tiles(element, room)}
    ${
      element.silent
        ? html`<button class="button primary sound" data-testid="unmute" @click=${() => element.playSound()}>
            ${icons.speaker}${text.tapForSound}
          </button>`
        : nothing
    }
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="arrivals">${element.arrival}</p>
    <div class="bar" role="toolbar" aria-label=${text.controls}>
      ${mediaSwitch(element, 'audio')} ${mediaSwitch(element, 'video')}
      <button class="button danger" data-testid="leave" @click=${() => void element.leave()}>
        ${icons.leave}${text.leave}
      </button>
    </div>
  </div>`;
}

function toggle(element: MeshliftRoom, { mode, running }: Switching): TemplateResult {
  const shown = running ?? mode;
  return html`${running ? progress(running) : nothing}
    <button
      class="toggle"
      role="switch"
      data-testid="mode-toggle"
      aria-checked=${shown === 'sfu'}
      aria-label=${modeText.toggleLabel}
      aria-busy=${running !== undefined}
      ?disabled=${running !== undefined || element.asking}
      @click=${() => element.askSwitch()}
    >
      <span class=${shown === 'mesh' ? 'on' : ''}>${modeText.direct}</span>
      <span class=${shown === 'sfu' ? 'on' : ''}>${modeText.relay}</span>
    </button>`;
}

function progress(to: 'mesh' | 'sfu'): TemplateResult {
  return html`<span class="progress" role="status">${modeText.switching[to]}</span>`;
}

function notices(element: MeshliftRoom, room: Room, switching: Switching): TemplateResult {
  const { media } = element;
  const { notice: phase, relay, trouble, stuck } = switching;
  const title = phase === 'coming' ? modeText.comingTitle(relay) : modeText.hereTitle(relay);
  return html`
    ${
      element.asking
        ? confirmation(
            {
              title: modeText.confirmTitle,
              body: `${modeText.confirmBody(room.relayHost)} ${modeText.confirmPeople}`,
              yes: modeText.confirmYes,
              no: modeText.confirmNo,
              testId: 'confirm-lift',
            },
            (yes) => element.answerSwitch(yes),
          )
        : nothing
    }
    ${element.atRelayDoor ? relayDoor(element, room) : nothing} ${audience(element)}
    ${lostNotices(media.lost.list, (kind, deviceId) => media.reopen(kind, deviceId))}
    ${media.trouble ? notice({ tone: 'danger', ...media.trouble }) : nothing}
    ${
      room.state === 'reconnecting'
        ? notice({ tone: 'warning', title: text.reconnectingTitle, body: text.reconnecting })
        : nothing
    }
    ${
      phase && !element.atRelayDoor
        ? notice(
            { tone: 'warning', title, body: modeText.relayBody },
            button(text.dismiss, () => switching.dismissNotice()),
          )
        : nothing
    }
    ${relayNotices(switching)}
    ${
      stuck
        ? notice(
            { tone: 'warning', ...stuck },
            html`${button(modeText.leaveOut, () => void switching.decide(true))}
            ${button(modeText.stay, () => void switching.decide(false))}`,
          )
        : nothing
    }
    ${
      trouble
        ? notice(
            { tone: 'danger', ...trouble },
            button(text.dismiss, () => switching.dismissTrouble()),
          )
        : nothing
    }
  `;
}

/** Before anything is sent through the relay: told to those who join a room that is there already. */
function relayDoor(element: MeshliftRoom, { relayHost }: Room): TemplateResult {
  return html`<div data-testid="relay-door">
    ${notice(
      { tone: 'warning', title: modeText.doorTitle(relayHost), body: modeText.doorBody },
      html`${button(modeText.doorAgree, () => element.answerRelayDoor(true), 'relay-agree')}
      ${button(modeText.doorWatch, () => element.answerRelayDoor(false), 'relay-watch')}`,
    )}
  </div>`;
}

/** Somebody outside watches: they can be refused, and let in again. */
function audience(element: MeshliftRoom): TemplateResult | typeof nothing {
  const state = element.audienceNotice;
  if (!state) return nothing;
  const put = button(text.dismiss, () => element.putAudienceNoticeAway(), 'dismiss-watched');
  return html`<div data-testid="watched-notice" data-state=${state}>
    ${
      state === 'watched'
        ? notice(
            { tone: 'plain', title: text.watchedTitle, body: text.watchedBody },
            html`${button(text.refuse, () => element.allowAudience(false), 'refuse-audience')} ${put}`,
          )
        : notice(
            { tone: 'plain', title: text.watchedRefused },
            html`${button(text.letIn, () => element.allowAudience(true), 'let-audience')} ${put}`,
          )
    }
  </div>`;
}

function button(label: string, act: () => void, testId?: string): TemplateResult {
  return html`<button class="button" data-testid=${testId ?? nothing} @click=${act}>${label}</button>`;
}

function mediaSwitch(element: MeshliftRoom, kind: 'audio' | 'video'): TemplateResult {
  const { media } = element;
  const has = media.has(kind);
  const lost = media.lost.list.some((device) => device.kind === kind);
  const off = lost || (has && media.isPaused(kind));
  const words = { audio: [text.mute, text.unmute], video: [text.cameraOff, text.cameraOn] }[kind];
  const label = lost ? { audio: text.noMicrophone, video: text.noCamera }[kind] : (words[off ? 1 : 0] ?? '');
  const icon = {
    audio: off ? icons.microphoneOff : icons.microphone,
    video: off ? icons.cameraOff : icons.camera,
  }[kind];
  return html`<button
    class="button ${off ? 'off' : ''}"
    data-testid="toggle-${kind}"
    data-state=${lost ? 'lost' : !has ? 'none' : off ? 'off' : 'on'}
    ?disabled=${!has}
    @click=${() => void element.toggle(kind)}
  >
    ${icon}${label}
  </button>`;
}
