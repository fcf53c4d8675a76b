import { css } from 'lit';
import { noticeStyles } from '../shared/notice.ts';
import { siteHeaderStyles } from '../shared/site-header.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { privacyEntryStyles } from './privacy-entry.ts';

export const privacyStyles = [
  baseStyles,
  buttonStyles,
  siteHeaderStyles,
  noticeStyles,
  privacyEntryStyles,
  css`
    :host {
      min-height: 100vh;
      background: radial-gradient(70rem 34rem at 50% -10rem, var(--accent-soft), transparent);
    }
    main {
      display: grid;
      gap: clamp(32px, 5vh, 52px);
      width: 100%;
      max-width: 980px;
      margin: 0 auto;
      padding: clamp(16px, 4vh, 48px) var(--gutter) 40px;
    }
    .hero {
      display: grid;
      gap: 14px;
    }
    h1 {
      font-size: clamp(32px, 5vw, 50px);
      font-weight: 680;
      line-height: 1.08;
      letter-spacing: -0.03em;
    }
    .hero p {
      max-width: 60ch;
      color: var(--muted);
      font-size: clamp(16px, 1.8vw, 19px);
    }
    main > section {
      display: grid;
      gap: 16px;
    }
    h2 {
      font-size: 24px;
      font-weight: 650;
      scroll-margin-top: 20px;
    }
    .card,
    .operator {
      border: 1px solid var(--line);
      border-radius: var(--radius-l);
      background: var(--surface);
      box-shadow: var(--shadow);
    }
    main > .operator {
      gap: 6px;
      padding: clamp(20px, 3vw, 28px);
    }
    .operator h2 {
      color: var(--muted);
      font-size: 15px;
      font-weight: 550;
      letter-spacing: 0;
    }
    .operator p {
      overflow-wrap: anywhere;
    }
    .operator-name {
      font-size: 20px;
      font-weight: 620;
    }
    .contents {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    .contents a {
      display: inline-flex;
      align-items: center;
      min-height: 44px;
      padding: 0 16px;
      border: 1px solid var(--line);
      border-radius: 999px;
      background: var(--surface);
      color: var(--text);
      font-size: 15px;
      text-decoration: none;
    }
    .contents a:hover {
      border-color: var(--line-strong);
      background: var(--surface-pressed);
    }
    .cannot-know {
      display: grid;
      gap: 10px;
      max-width: 72ch;
      margin: 0;
      padding-left: 20px;
    }
    .cannot-know li::marker {
      color: var(--muted);
    }
    .loading {
      color: var(--muted);
    }
    footer {
      max-width: 980px;
      margin: 0 auto;
      padding: 4px var(--gutter) 32px;
      font-size: 14px;
    }
    footer nav {
      display: flex;
      gap: 20px;
    }
    footer a {
      display: inline-flex;
      align-items: center;
      min-height: 44px;
      color: var(--muted);
    }
  `,
];
