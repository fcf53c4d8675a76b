import { css, html, type TemplateResult } from 'lit';

interface SwitchRow {
  label: string;
  hint: string;
  on: boolean;
  testId: string;
  act(on: boolean): void;
}

/** Something that is on or off, with a line on what that means. */
export function switchRow({ label, hint, on, testId, act }: SwitchRow): TemplateResult {
  return html`<button
    class="switch-row"
    role="switch"
    aria-checked=${on}
    data-testid=${testId}
    @click=${() => act(!on)}
  >
    <span class="about"><span class="what">${label}</span><span class="hint">${hint}</span></span>
    <span class="slide"></span>
  </button>`;
}

export const switchRowStyles = css`
  .switch-row {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 14px;
    width: 100%;
    min-height: 44px;
    padding: 4px 0;
    border: 0;
    border-radius: var(--radius-s);
    background: none;
    color: var(--text);
    font: inherit;
    text-align: left;
    cursor: pointer;
  }
  .switch-row .about {
    display: grid;
  }
  .switch-row .what {
    font-size: 15px;
    font-weight: 550;
  }
  .switch-row .hint {
    color: var(--muted);
    font-size: 13.5px;
    line-height: 1.35;
  }
  .slide {
    position: relative;
    flex: none;
    width: 42px;
    height: 24px;
    border-radius: 12px;
    background: var(--line-strong);
    transition: background-color 0.15s;
  }
  .slide::after {
    content: '';
    position: absolute;
    top: 3px;
    left: 3px;
    width: 18px;
    height: 18px;
    border-radius: 50%;
    background: #fff;
    transition: translate 0.15s;
  }
  .switch-row[aria-checked='true'] .slide {
    background: var(--accent);
  }
  .switch-row[aria-checked='true'] .slide::after {
    translate: 18px 0;
  }
`;
