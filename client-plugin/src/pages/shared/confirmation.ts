import { css, html, type TemplateResult } from 'lit';

interface Question {
  title: string;
  body: string;
  yes: string;
  no: string;
  /** Names the button that does it, for tests. */
  testId: string;
  busy?: boolean;
}

/** Asks once more, in place, before something that cannot be taken back. */
export function confirmation(question: Question, answer: (yes: boolean) => void): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') answer(false);
  };
  return html`<div class="confirmation" role="group" aria-label=${question.title} @keydown=${onKey}>
    <strong>${question.title}</strong>
    <p>${question.body}</p>
    <div class="answers">
      <button
        class="button danger"
        data-testid=${question.testId}
        ?disabled=${question.busy ?? false}
        @click=${() => answer(true)}
      >
        ${question.yes}
      </button>
      <button class="button" @click=${() => answer(false)}>${question.no}</button>
    </div>
  </div>`;
}

export const confirmationStyles = css`
  .confirmation {
    padding: 16px;
    border: 1px solid color-mix(in srgb, var(--danger) 35%, transparent);
    border-radius: var(--radius-m);
    background: var(--danger-soft);
  }
  .confirmation strong {
    font-weight: 600;
  }
  .confirmation p {
    margin-top: 4px;
    color: var(--muted);
    font-size: 14.5px;
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 14px;
  }
  .answers .button {
    flex: 1;
  }
`;
