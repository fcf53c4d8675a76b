import { css } from 'lit';
import { siteHeaderStyles } from '../shared/site-header.ts';
import { baseStyles, buttonStyles, fieldStyles } from '../shared/styles.ts';

export const homeStyles = [
  baseStyles,
  buttonStyles,
  fieldStyles,
  siteHeaderStyles,
  css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 100vh;
      min-height: 100dvh;
      background: radial-gradient(70rem 34rem at 50% -10rem, var(--accent-soft), transparent);
    }
    main {
      flex: 1;
      display: grid;
      align-content: center;
      gap: clamp(32px, 5vh, 56px);
      width: 100%;
      max-width: var(--page-width);
      margin: 0 auto;
      padding: 24px var(--gutter) 56px;
    }
    .hero {
      display: grid;
      gap: 18px;
    }
    h1 {
      max-width: 17ch;
      font-size: clamp(34px, 6vw, 62px);
      font-weight: 680;
      line-height: 1.06;
      letter-spacing: -0.03em;
    }
    .hero p {
      max-width: 52ch;
      color: var(--muted);
      font-size: clamp(17px, 1.8vw, 20px);
    }
    .ways {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr));
      gap: 20px;
    }
    section {
      display: flex;
      flex-direction: column;
      gap: 8px;
      padding: clamp(20px, 3vw, 32px);
      border: 1px solid var(--line);
      border-radius: var(--radius-l);
      background: var(--surface);
      box-shadow: var(--shadow);
    }
    h2 {
      font-size: 22px;
      font-weight: 640;
    }
    section p {
      color: var(--muted);
    }
    section > .button {
      align-self: flex-start;
      margin-top: auto;
    }
    section > p {
      margin-bottom: 16px;
    }
    form {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 10px;
      margin-top: auto;
    }
    .field {
      min-width: 0;
      min-height: 54px;
    }
    .with-button {
      position: relative;
      min-width: 0;
    }
    .with-button .field {
      padding-right: 52px;
    }
    .with-button .button {
      position: absolute;
      top: 5px;
      right: 5px;
      color: var(--muted);
    }
    .complaint,
    form .hint {
      grid-column: 1 / -1;
      font-size: 14px;
    }
    section .complaint {
      color: var(--danger);
    }
    form .hint a {
      overflow-wrap: anywhere;
    }
    .complaint:empty,
    .hint:empty {
      display: none;
    }
    .honest {
      display: flex;
      gap: 12px;
      max-width: 68ch;
      color: var(--muted);
      font-size: 14.5px;
    }
    .honest .icon {
      margin-top: 2px;
      color: var(--accent);
    }
    footer {
      width: 100%;
      max-width: var(--page-width);
      margin: 0 auto;
      padding: 20px var(--gutter) 28px;
      font-size: 14px;
    }
    footer a {
      display: inline-block;
      margin-right: 20px;
      padding: 8px 0;
      color: var(--muted);
    }
  `,
];
