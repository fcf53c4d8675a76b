import { css } from 'lit';
import { baseStyles } from '../../shared/styles.ts';

export const modeStatusStyles = [
  baseStyles,
  css`
    :host {
      display: flex;
      align-items: center;
      gap: 10px;
      min-width: 0;
    }
    .label {
      position: relative;
      min-width: 0;
    }
    button {
      border: 1px solid var(--line);
      background: var(--surface-raised);
      color: var(--text);
      font: inherit;
      cursor: pointer;
    }
    button:disabled {
      cursor: default;
    }
    .mode {
      display: flex;
      align-items: center;
      gap: 11px;
      width: 100%;
      min-height: 46px;
      padding: 5px 12px 5px 13px;
      border-radius: var(--radius-m);
      text-align: left;
    }
    .mode:hover {
      border-color: var(--line-strong);
    }
    .mode .icon {
      color: var(--accent);
      font-size: 17px;
    }
    .mode:not([data-way='direct']) {
      border-color: color-mix(in srgb, var(--warning) 45%, transparent);
      background: var(--warning-soft);
    }
    .mode:not([data-way='direct']) .icon {
      color: var(--warning);
    }
    .mode .icon:last-child {
      margin-left: auto;
      color: var(--muted);
      font-size: 14px;
      transition: rotate 0.15s;
    }
    .mode[aria-expanded='true'] .icon:last-child {
      rotate: 180deg;
    }
    .words {
      display: grid;
      min-width: 0;
      line-height: 1.3;
    }
    .way {
      font-size: 14px;
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    .note {
      color: var(--muted);
      font-size: 12.5px;
    }
    .details {
      position: absolute;
      top: calc(100% + 8px);
      right: 0;
      z-index: 5;
      width: min(360px, calc(100vw - 32px));
      padding: 18px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
      background: var(--surface);
      box-shadow: var(--shadow);
      font-size: 14.5px;
    }
    .details p {
      color: var(--muted);
    }
    .details h3 {
      margin-top: 14px;
      font-size: 14px;
      font-weight: 620;
      letter-spacing: 0;
    }
    .details ul {
      margin: 6px 0 0;
      padding: 0;
      color: var(--muted);
      font-variant-numeric: tabular-nums;
      list-style: none;
    }
    .details a {
      display: inline-block;
      margin-top: 12px;
    }
    .toggle {
      display: flex;
      flex: none;
      gap: 2px;
      padding: 3px;
      border-radius: var(--radius-m);
      background: var(--bg);
    }
    .toggle > span {
      display: flex;
      align-items: center;
      gap: 7px;
      min-height: 38px;
      padding: 0 13px;
      border-radius: 9px;
      color: var(--muted);
      font-size: 14px;
      font-weight: 570;
    }
    .toggle .on {
      background: var(--accent-soft);
      color: var(--accent);
    }
    .toggle:hover:not(:disabled) {
      border-color: var(--line-strong);
    }
    .toggle:disabled .on {
      opacity: 0.6;
    }
    .auto {
      flex: none;
      min-height: 46px;
      padding: 0 14px;
      border-radius: var(--radius-m);
      color: var(--muted);
      font-size: 14px;
      font-weight: 570;
    }
    .auto[aria-pressed='true'] {
      border-color: var(--accent);
      background: var(--accent-soft);
      color: var(--accent);
    }
    .progress {
      display: inline-flex;
      align-items: center;
      gap: 9px;
      flex: none;
      color: var(--muted);
      font-size: 14px;
    }
    .spinner {
      width: 16px;
      height: 16px;
      border: 2px solid var(--line-strong);
      border-top-color: var(--accent);
      border-radius: 50%;
      animation: turn 0.9s linear infinite;
    }
    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }
    @media (max-width: 900px) {
      .progress > span:last-child {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    }
    @media (max-width: 940px) {
      .label {
        flex: 1;
      }
    }
    @media (max-width: 620px) {
      :host {
        flex-wrap: wrap;
      }
      .label {
        flex: 1 0 100%;
      }
      .details {
        right: auto;
        left: 0;
      }
      .mode {
        gap: 8px;
        padding: 5px 10px;
      }
      .way {
        font-size: 13.5px;
      }
      .note {
        font-size: 12px;
      }
      /* Beside the switch, which shows the same sign, there is little room. */
      .label:has(~ .toggle) .mode > .icon:first-child {
        display: none;
      }
      .toggle > span {
        padding: 0 10px;
      }
      .toggle > span > span {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    }
  `,
];
