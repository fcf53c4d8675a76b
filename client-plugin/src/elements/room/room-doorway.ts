import { html, nothing, type TemplateResult } from 'lit';
import { notice } from '../../pages/shared/notice.ts';
import { staySummary } from '../../pages/studio/room/stay-summary.ts';
import { text } from '../../pages/studio/room/text.ts';
import { type OwnSource, ownSources } from './own-media.ts';
import type { MeshliftRoom } from './room.ts';

/** The door of a room: what joining shows to the others, and a name to join by. */
export function doorway(element: MeshliftRoom): TemplateResult {
  const { trouble, joining, room, summary } = element;
  const join = (event: SubmitEvent) => {
    event.preventDefault();
    void element.join();
  };
  const less = (source: OwnSource, label: string) => html`<button
    type="button"
    class="button"
    data-testid="join-${source}"
    ?disabled=${joining}
    @click=${() => void element.join(source)}
  >
    ${label}
  </button>`;
  return html`<form class="doorway" @submit=${join}>
    <div>
      <p class="eyebrow">${text.room}</p>
      <h2>${room}</h2>
    </div>
    <label>
      <span class="label">${text.yourName}</span>
      <input
        class="field"
        data-testid="name-field"
        autocomplete="nickname"
        maxlength="64"
        placeholder=${text.namePlaceholder}
        .value=${element.name ?? ''}
        @input=${(event: InputEvent & { target: HTMLInputElement }) => {
          element.name = event.target.value;
        }}
      />
    </label>
    ${element.stream ? nothing : sources(element)}
    ${summary ? staySummary(summary) : nothing}
    ${trouble ? html`<div data-testid="join-trouble">${notice({ tone: 'danger', ...trouble })}</div>` : nothing}
    <button class="button primary large" data-testid="join" ?disabled=${joining || !room}>
      ${joining ? text.joining : element.chosen === 'none' && !element.stream ? text.joinWithout : text.join}
    </button>
    ${element.unopened === 'camera' ? less('microphone', text.joinByVoice) : nothing}
    ${element.unopened ? less('none', text.joinWithout) : nothing}
    <p class="small"><strong>${text.addressTitle}.</strong> ${text.addressBody}</p>
  </form>`;
}

function sources(element: MeshliftRoom): TemplateResult {
  return html`<label>
    <span class="label">${text.sourceTitle}</span>
    <select
      class="field"
      data-testid="source-select"
      @change=${(event: Event & { target: HTMLSelectElement }) => {
        element.source = event.target.value;
      }}
    >
      ${ownSources.map(
        (source) =>
          html`<option value=${source} ?selected=${source === element.chosen}>${text.own[source]}</option>`,
      )}
    </select>
  </label>`;
}
