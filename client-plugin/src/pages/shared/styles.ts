import { css } from 'lit';

/** What every component starts from. */
export const baseStyles = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
    text-wrap: pretty;
  }
  h1,
  h2,
  h3 {
    line-height: 1.15;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }
  .icon {
    width: 1.25em;
    height: 1.25em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      /* Any duration would make every property of every element a transition, each a frame behind its parent's. */
      transition: none !important;
    }
  }
`;

/** Native buttons and links that look like buttons: `button`, with `primary`, `danger`, `quiet`, `large`, `square`. */
export const buttonStyles = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.55em;
    min-height: 44px;
    padding: 0 18px;
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface-raised);
    color: var(--text);
    font: 550 15px / 1.2 var(--sans);
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition:
      background-color 0.15s,
      border-color 0.15s,
      transform 0.15s;
  }
  .button:hover {
    background: var(--surface-pressed);
    border-color: var(--line-strong);
  }
  .button:active {
    transform: translateY(1px);
  }
  .button:disabled {
    opacity: 0.5;
    cursor: default;
    transform: none;
  }
  .button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  .button.primary:hover:not(:disabled) {
    background: var(--accent-strong);
  }
  .button.danger {
    border-color: transparent;
    background: var(--danger-fill);
    color: #fff;
  }
  .button.danger:hover:not(:disabled) {
    filter: brightness(1.1);
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
  }
  .button.quiet:hover {
    background: var(--surface-raised);
  }
  .button.large {
    min-height: 54px;
    padding: 0 24px;
    font-size: 17px;
    font-weight: 600;
  }
  .button.square {
    width: 44px;
    padding: 0;
  }
`;

/** Text fields and native selects. */
export const fieldStyles = css`
  .field {
    width: 100%;
    min-height: 44px;
    padding: 0 14px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-m);
    background: var(--bg);
    color: var(--text);
    font: 400 16px / 1.2 var(--sans);
  }
  .field::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .field[aria-invalid='true'] {
    border-color: var(--danger);
  }
  select.field {
    appearance: none;
    padding-right: 40px;
    text-overflow: ellipsis;
    background-image:
      linear-gradient(45deg, transparent 50%, var(--muted) 50%),
      linear-gradient(-45deg, transparent 50%, var(--muted) 50%);
    background-position:
      right 20px center,
      right 14px center;
    background-size: 6px 6px;
    background-repeat: no-repeat;
  }
  .label {
    display: block;
    margin-bottom: 6px;
    color: var(--muted);
    font-size: 14px;
  }
`;
