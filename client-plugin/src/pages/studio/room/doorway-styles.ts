import { css } from 'lit';
import { noticeStyles } from '../../shared/notice.ts';
import { baseStyles, buttonStyles, fieldStyles } from '../../shared/styles.ts';

/** As the studio looks: a large preview with a panel beside it. */
export const doorwayStyles = [
  baseStyles,
  buttonStyles,
  fieldStyles,
  noticeStyles,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(340px, 400px);
      gap: 32px;
      align-items: start;
      max-width: var(--page-width);
      margin: 0 auto;
      padding: 8px var(--gutter) 48px;
    }
    studio-preview {
      position: sticky;
      top: 24px;
    }
    .panel {
      display: grid;
      gap: 18px;
    }
    .heading {
      display: grid;
      gap: 4px;
    }
    .eyebrow {
      color: var(--accent);
      font-size: 14px;
      font-weight: 600;
    }
    h1 {
      font-size: 28px;
      font-weight: 660;
      overflow-wrap: anywhere;
    }
    .small {
      color: var(--muted);
      font-size: 14px;
    }
    .heading .small {
      margin-top: 6px;
    }
    .with-button {
      display: flex;
      gap: 8px;
    }
    .with-button .button {
      flex: none;
      color: var(--muted);
    }
    details {
      border-block: 1px solid var(--line);
    }
    summary {
      padding: 13px 2px;
      font-size: 15px;
      font-weight: 600;
      cursor: pointer;
    }
    summary::marker {
      color: var(--muted);
    }
    details[open] {
      padding-bottom: 16px;
    }
    details .small {
      margin-top: 8px;
    }
    .action {
      display: grid;
    }
    @media (max-width: 940px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
        gap: 22px;
        padding-top: 0;
      }
      studio-preview {
        position: static;
      }
      /* The one button that matters stays within reach of a thumb. */
      .action {
        position: sticky;
        bottom: 0;
        z-index: 1;
        margin: 0 calc(-1 * var(--gutter));
        padding: 12px var(--gutter) max(16px, env(safe-area-inset-bottom));
        background: linear-gradient(transparent, var(--bg) 14px);
      }
    }
  `,
];
