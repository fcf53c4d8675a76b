import { css, html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../shared/error-words.ts';
import * as icons from '../shared/icons.ts';
import type { Playback } from './playback.ts';
import { text } from './text.ts';

/** What stands in the middle of the window while there is no picture to see. */
export function sceneCard(playback: Playback): TemplateResult | typeof nothing {
  switch (playback.scene) {
    case 'starting':
      return html`<div class="card bare" role="status">
        <span class="spinner"></span><span class="visually-hidden">${text.starting}</span>
      </div>`;
    case 'waiting':
      return card('waiting', html`<span class="breath"></span>`, text.waitingTitle, text.waiting);
    case 'stalled':
      return card('stalled', html`<span class="breath"></span>`, text.stalledTitle, text.stalled);
    case 'over':
      return card('over', html`<span class="emblem">${icons.mark}</span>`, text.overTitle, text.over);
    case 'absent':
      return card('absent', html`<span class="emblem">${icons.mark}</span>`, text.absentTitle, text.absent);
    case 'failed': {
      const { title, body } = describeError(playback.error);
      const again = playback.willRetry
        ? html`<p class="again"><span class="spinner small"></span>${text.retrying}</p>`
        : html`<button class="button" @click=${() => location.reload()}>${text.reload}</button>`;
      return card('failed', html`<span class="emblem">${icons.alert}</span>`, title, body, again);
    }
    default:
      return withoutPicture(playback);
  }
}

function withoutPicture({ playing, view }: Playback): TemplateResult | typeof nothing {
  if (playing === 'audio') {
    return card(
      'audio',
      html`<span class="emblem">${icons.speaker}</span>`,
      text.audioOnly,
      view?.videoPaused ? text.cameraOff : text.noCamera,
    );
  }
  if (playing !== 'silent') return nothing;
  const hint = view?.audioPaused
    ? view.videoPaused
      ? text.bothOff
      : text.mutedAndNoCamera
    : text.nothingSent;
  return card('silent', html`<span class="emblem">${icons.speakerOff}</span>`, text.silent, hint);
}

function card(
  state: string,
  emblem: TemplateResult,
  title: string,
  body: string,
  more?: TemplateResult,
): TemplateResult {
  return html`<div class="card" role="status" data-testid="scene-card" data-state=${state}>
    ${emblem}
    <h1>${title}</h1>
    <p>${body}</p>
    ${more ?? nothing}
  </div>`;
}

export const sceneCardStyles = css`
  .card {
    position: absolute;
    inset: 0;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 12px;
    padding: 72px 24px;
    background: radial-gradient(90% 70% at 50% 45%, #13201c, #070a09 75%);
    text-align: center;
  }
  .card.bare {
    background: none;
    pointer-events: none;
  }
  .card h1 {
    font-size: clamp(24px, 4vw, 34px);
    font-weight: 640;
  }
  .card p {
    max-width: 54ch;
    text-wrap: balance;
    color: var(--muted);
    font-size: 17px;
  }
  .card .button {
    margin-top: 12px;
  }
  .card .again {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-top: 8px;
    font-size: 14px;
  }
  .emblem {
    display: grid;
    place-items: center;
    width: 84px;
    height: 84px;
    margin-bottom: 12px;
    border: 1px solid var(--line);
    border-radius: 50%;
    background: var(--surface);
    color: var(--accent);
    font-size: 32px;
  }
  .spinner {
    width: 44px;
    height: 44px;
    border: 3px solid rgb(255 255 255 / 0.18);
    border-top-color: var(--accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  .card.bare .spinner {
    /* Most streams start before anybody needs to be told that they are starting. */
    animation:
      turn 0.9s linear infinite,
      appear 0.3s 0.5s both;
  }
  .spinner.small {
    width: 16px;
    height: 16px;
    border-width: 2px;
  }
  .breath {
    width: 18px;
    height: 18px;
    margin: 33px 33px 45px;
    border-radius: 50%;
    background: var(--warning);
    animation: breathe 2.4s ease-out infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @keyframes breathe {
    from {
      box-shadow: 0 0 0 0 rgb(240 195 90 / 0.5);
    }
    70%,
    to {
      box-shadow: 0 0 0 33px rgb(240 195 90 / 0);
    }
  }
`;
