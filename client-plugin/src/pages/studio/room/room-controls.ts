import { css, html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import { baseStyles } from '../../shared/styles.ts';
import { canShareScreen } from '../open-source.ts';
import type { MediaKind } from '../source-kinds.ts';
import { text } from './text.ts';
import { VisitElement } from './visit-element.ts';

/** What lies beside the pictures, one at a time. */
export type PanelName = 'chat' | 'people' | 'source';

const panels: readonly PanelName[] = ['source', 'chat', 'people'];
const iconOf = { source: icons.sliders, chat: icons.chat, people: icons.people };

/** The row of switches below the pictures. Emits `panel` with the name of a panel to open or close. */
export class RoomControls extends VisitElement {
  static override properties = { panel: {} };
  declare panel: PanelName | undefined;

  protected override render(): TemplateResult {
    const { visit } = this;
    const { sending } = visit;
    return html`<div class="bar" role="toolbar" aria-label=${text.controls}>
      ${this.#switch('audio')} ${this.#switch('video')}
      ${
        canShareScreen()
          ? control({
              testId: 'share-screen',
              label: sending.sharing ? text.stopSharing : text.share,
              icon: sending.sharing ? icons.screenOff : icons.screen,
              style: sending.sharing ? 'active' : '',
              act: () => void (sending.sharing ? sending.stopSharing() : sending.share()),
            })
          : nothing
      }
      ${panels.map((name) => this.#panelButton(name))}
      ${control({
        testId: 'leave',
        label: text.leave,
        icon: icons.leave,
        style: 'leave',
        act: () => void visit.leave(),
      })}
    </div>`;
  }

  #switch(kind: MediaKind): TemplateResult {
    const { sending } = this.visit;
    const has = sending.has(kind);
    const paused = has && sending.isPaused(kind);
    const lost = sending.local.lost.some((device) => device.kind === kind);
    const off = paused || lost;
    const label = lost
      ? { audio: text.noMicrophone, video: text.noCamera }[kind]
      : {
          audio: sending.mixed
            ? paused
              ? text.unmuteMicrophone
              : text.muteMicrophone
            : paused
              ? text.unmute
              : text.mute,
          video: paused ? text.cameraOn : text.cameraOff,
        }[kind];
    const icon = {
      audio: off ? icons.microphoneOff : icons.microphone,
      video: off ? icons.cameraOff : icons.camera,
    }[kind];
    return control({
      testId: `toggle-${kind}`,
      label,
      icon,
      style: off ? 'off' : '',
      state: lost && !has ? 'lost' : !has ? 'none' : paused ? 'off' : 'on',
      disabled: !has || (kind === 'video' && sending.sharing),
      act: () => void sending.toggle(kind),
    });
  }

  #panelButton(name: PanelName): TemplateResult {
    const open = this.panel === name;
    const unread = name === 'chat' ? this.visit.chat.unread : 0;
    const people = name === 'people' ? (this.visit.room?.participants.length ?? 0) + 1 : 0;
    return control({
      testId: `open-${name}`,
      label: text[name],
      spoken: unread > 0 ? text.unread(unread) : undefined,
      icon: html`${iconOf[name]}${
        unread > 0
          ? html`<span class="count" data-testid="unread-count">${unread}</span>`
          : people > 0
            ? html`<span class="count plain" data-testid="people-count">${people}</span>`
            : nothing
      }`,
      style: open ? 'active' : '',
      expanded: open,
      act: () => this.dispatchEvent(new CustomEvent('panel', { detail: name })),
    });
  }

  static override styles = [
    baseStyles,
    css`
      .bar {
        display: flex;
        justify-content: center;
        gap: 6px;
      }
      button {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 4px;
        min-width: 84px;
        min-height: 58px;
        padding: 6px 8px;
        border: 0;
        border-radius: var(--radius-m);
        background: transparent;
        color: var(--text);
        font: 500 12.5px / 1.2 var(--sans);
        cursor: pointer;
        transition: background-color 0.15s;
      }
      button:hover {
        background: var(--surface-pressed);
      }
      button:disabled {
        background: transparent;
        opacity: 0.4;
        cursor: default;
      }
      .picture {
        position: relative;
        display: grid;
        font-size: 19px;
      }
      .count {
        position: absolute;
        top: -7px;
        left: 15px;
        min-width: 17px;
        padding: 0 4px;
        border-radius: 9px;
        background: var(--danger-fill);
        color: #fff;
        font: 650 11px / 17px var(--sans);
        text-align: center;
      }
      .count.plain {
        background: var(--surface-pressed);
        color: var(--text);
      }
      .off {
        background: var(--danger-soft);
        color: var(--danger);
      }
      .active {
        background: var(--accent-soft);
        color: var(--accent);
      }
      .leave {
        margin-left: 10px;
        background: var(--danger-fill);
        color: #fff;
      }
      .leave:hover {
        background: var(--danger-fill);
        filter: brightness(1.1);
      }
      @media (max-width: 720px) {
        .bar {
          justify-content: space-between;
          gap: 2px;
        }
        button {
          flex: 1;
          min-width: 0;
          max-width: 60px;
          min-height: 48px;
          padding: 4px;
        }
        .words {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        .leave {
          margin-left: 4px;
        }
      }
    `,
  ];
}

interface Control {
  testId: string;
  label: string;
  /** In place of the label, for those who hear the page. */
  spoken?: string | undefined;
  icon: TemplateResult;
  style: string;
  /** Of a switch: what becomes of what it switches. */
  state?: 'on' | 'off' | 'none' | 'lost';
  disabled?: boolean;
  expanded?: boolean;
  act(): void;
}

function control({
  testId,
  label,
  spoken,
  icon,
  style,
  state,
  disabled,
  expanded,
  act,
}: Control): TemplateResult {
  return html`<button
    class=${style}
    data-testid=${testId}
    data-state=${state ?? nothing}
    title=${label}
    aria-label=${spoken ?? nothing}
    aria-expanded=${expanded ?? nothing}
    ?disabled=${disabled ?? false}
    @click=${act}
  >
    <span class="picture">${icon}</span><span class="words">${label}</span>
  </button>`;
}

customElements.define('room-controls', RoomControls);
