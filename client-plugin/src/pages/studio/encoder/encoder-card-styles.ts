import { css } from 'lit';
import { noticeStyles } from '../../shared/notice.ts';
import { streamFactsStyles } from '../../shared/stream-facts.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { arrivalsStyles } from './arrivals.ts';

export const cardStyles = [
  baseStyles,
  buttonStyles,
  noticeStyles,
  streamFactsStyles,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 20px;
    }
    section {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
    }
    .hint {
      color: var(--muted);
      font-size: 14px;
    }
    .hint.fact {
      align-items: flex-start;
      font-weight: 400;
    }
    .fact .icon {
      color: var(--accent);
    }
    details {
      border-block: 1px solid var(--line);
    }
    details + details {
      margin-top: -21px;
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
    details[open]:not(.fix) {
      padding-bottom: 18px;
    }
    .commands {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 14px;
    }
    .state-line {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 8px 16px;
    }
    .state {
      display: inline-flex;
      align-items: center;
      gap: 10px;
      font-size: 17px;
      font-weight: 640;
    }
    .state::before {
      content: '';
      width: 10px;
      height: 10px;
      border-radius: 50%;
      background: var(--line-strong);
    }
    .state.live::before {
      background: var(--accent);
    }
    .state.waiting::before,
    .state.idle::before {
      background: var(--warning);
    }
  `,
  arrivalsStyles,
];
