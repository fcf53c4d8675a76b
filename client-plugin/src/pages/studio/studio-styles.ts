import { css } from 'lit';
import { confirmationStyles } from '../shared/confirmation.ts';
import { noticeStyles } from '../shared/notice.ts';
import { siteHeaderStyles } from '../shared/site-header.ts';
import { streamFactsStyles } from '../shared/stream-facts.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';

/** A large preview with a panel beside it; below one another where the window is narrow. */
export const studioStyles = [
  baseStyles,
  buttonStyles,
  siteHeaderStyles,
  streamFactsStyles,
  noticeStyles,
  confirmationStyles,
  css`
    main {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(340px, 400px);
      gap: 32px;
      align-items: start;
      max-width: var(--page-width);
      margin: 0 auto;
      padding: 8px var(--gutter) 48px;
    }
    studio-preview,
    encoder-preview {
      position: sticky;
      top: 24px;
    }
    .panel {
      display: grid;
      gap: 20px;
    }
    .heading {
      display: grid;
      gap: 8px;
    }
    h1 {
      font-size: 30px;
      font-weight: 660;
    }
    .heading p {
      color: var(--muted);
    }
    .mode-line .icon {
      color: var(--accent);
    }
    .status {
      display: flex;
      align-items: center;
      gap: 16px;
    }
    .state {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      padding: 5px 12px;
      border-radius: 999px;
      background: var(--accent);
      color: var(--on-accent);
      font-size: 14px;
      font-weight: 620;
    }
    .state.away {
      background: var(--warning);
      color: var(--bg);
    }
    .action {
      display: grid;
    }
    .button.end {
      color: var(--danger);
    }
    details {
      border-block: 1px solid var(--line);
    }
    summary {
      padding: 14px 2px;
      font-size: 15px;
      font-weight: 600;
      cursor: pointer;
    }
    summary::marker {
      color: var(--muted);
    }
    details[open] {
      padding-bottom: 20px;
    }
    details device-selects {
      margin-top: 16px;
    }
    @media (max-width: 940px) {
      main {
        grid-template-columns: minmax(0, 1fr);
        gap: 24px;
        padding-top: 0;
      }
      studio-preview,
      encoder-preview {
        position: static;
      }
      /* The one button that matters stays within reach of a thumb. */
      .action.near {
        position: sticky;
        bottom: 0;
        margin: 0 calc(-1 * var(--gutter));
        padding: 12px var(--gutter) max(16px, env(safe-area-inset-bottom));
        background: linear-gradient(transparent, var(--bg) 14px);
      }
    }
    @media (max-width: 620px) {
      .status {
        gap: 10px;
      }
      .site-header:has(.status) .brand span {
        display: none;
      }
      h1 {
        font-size: 26px;
      }
    }
  `,
];
