import { html, nothing, type TemplateResult } from 'lit';
import { notice } from '../../pages/shared/notice.ts';
import { text } from '../../pages/studio/room/text.ts';
import type { MeshliftRoom } from './room.ts';

/** The door of a room: what joining shows to the others, and a name to join by. */
export function doorway(element: MeshliftRoom): TemplateResult {
  const { trouble, joining, room } = element;
  const join = (event: SubmitEvent) => {
    event.preventDefault();
    void element.join();
  };
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
    ${trouble ? notice({ tone: 'danger', ...trouble }) : nothing}
    <button class="button primary large" data-testid="join" ?disabled=${joining || !room}>
      ${joining ? text.joining : text.join}
    </button>
    ${
      element.sourceless
        ? html`<button type="button" class="button" ?disabled=${joining} @click=${() => void element.join(false)}>
            ${text.joinWithout}
          </button>`
        : nothing
    }
    <p class="small"><strong>${text.addressTitle}.</strong> ${text.addressBody}</p>
  </form>`;
}
