import { css } from 'lit';
import { confirmationStyles } from '../../pages/shared/confirmation.ts';
import { noticeStyles } from '../../pages/shared/notice.ts';
import { plateStyles } from '../../pages/shared/plate-styles.ts';
import { baseStyles, buttonStyles, fieldStyles } from '../../pages/shared/styles.ts';
import { tokenStyles } from '../tokens.ts';

export const roomStyles = [
  tokenStyles,
  baseStyles,
  buttonStyles,
  fieldStyles,
  noticeStyles,
  confirmationStyles,
  plateStyles,
  css`
    :host {
      min-height: 420px;
      overflow: hidden;
      border-radius: var(--radius-l);
      background: var(--bg);
      color: var(--text);
      font: 400 16px / 1.5 var(--sans);
      container-type: inline-size;
    }
    .doorway {
      display: grid;
      align-content: center;
      gap: 16px;
      width: min(100%, 420px);
      min-height: inherit;
      height: 100%;
      margin: 0 auto;
      padding: 24px 20px;
    }
    .eyebrow {
      color: var(--accent);
      font-size: 14px;
      font-weight: 600;
    }
    h2 {
      font-size: 24px;
      font-weight: 660;
      overflow-wrap: anywhere;
    }
    .small {
      color: var(--muted);
      font-size: 14px;
    }
    .small strong {
      color: var(--text);
      font-weight: 600;
    }
    .inside {
      position: relative;
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-height: inherit;
      height: 100%;
      padding: 14px;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 12px;
    }
    .mode {
      display: inline-flex;
      align-items: center;
      gap: 9px;
      min-height: 40px;
      margin-right: auto;
      font-size: 14px;
      font-weight: 600;
      line-height: 1.3;
    }
    .mode .icon {
      color: var(--accent);
      font-size: 17px;
    }
    .mode:not([data-way='direct']) .icon {
      color: var(--warning);
    }
    .progress {
      color: var(--muted);
      font-size: 14px;
    }
    .toggle {
      display: flex;
      gap: 2px;
      padding: 3px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
      background: var(--surface-raised);
      color: var(--muted);
      font: 550 14px / 1.2 var(--sans);
      cursor: pointer;
    }
    .toggle:disabled {
      cursor: default;
    }
    .toggle span {
      padding: 9px 14px;
      border-radius: 9px;
    }
    .toggle .on {
      background: var(--accent-soft);
      color: var(--accent);
    }
    .toggle[aria-checked='true'] .on {
      background: var(--warning-soft);
      color: var(--warning);
    }
    .tiles {
      position: relative;
      flex: 1;
      min-height: 220px;
      overflow: hidden auto;
      scrollbar-width: thin;
    }
    .tile {
      position: absolute;
      overflow: hidden;
      border-radius: var(--radius-m);
      background: #0a0f0e;
      color: #eef6f3;
    }
    .tile.speaking::after {
      content: '';
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 3px var(--accent);
      pointer-events: none;
    }
    .tile video {
      display: block;
      width: 100%;
      height: 100%;
      /* Whole, because nobody knows which of the pictures is a screen. */
      object-fit: contain;
    }
    .mirrored video {
      transform: scaleX(-1);
    }
    .no-picture {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
      background: radial-gradient(90% 90% at 50% 45%, #1d2b26, #101816 85%);
      font-size: 28px;
      font-weight: 600;
    }
    .no-picture span {
      display: grid;
      place-items: center;
      width: 72px;
      aspect-ratio: 1;
      border-radius: 50%;
      background: hsl(160 32% 30%);
    }
    .no-picture .spinner {
      width: 36px;
      border: 3px solid rgb(255 255 255 / 0.2);
      border-top-color: var(--accent);
      background: none;
      animation: turn 0.9s linear infinite;
    }
    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }
    .muted,
    .voiceless {
      display: grid;
    }
    .muted {
      color: #ff8a7e;
    }
    .voiceless {
      color: #b9cac3;
    }
    .badge {
      padding: 0 6px;
      border-radius: 5px;
      background: var(--accent);
      color: var(--on-accent);
      font-size: 11.5px;
      font-weight: 650;
      line-height: 1.6;
    }
    .enlarge {
      position: absolute;
      top: 8px;
      right: 8px;
      display: grid;
      place-items: center;
      width: 36px;
      height: 36px;
      border: 0;
      border-radius: var(--radius-s);
      background: rgb(8 13 12 / 0.74);
      color: inherit;
      opacity: 0;
      cursor: pointer;
      transition: opacity 0.15s;
    }
    .tile:hover .enlarge,
    .enlarge:focus-visible {
      opacity: 1;
    }
    @media (hover: none) {
      .enlarge {
        opacity: 0.75;
      }
    }
    .sound {
      position: absolute;
      left: 50%;
      bottom: 86px;
      border-radius: 999px;
      box-shadow: var(--shadow);
      translate: -50% 0;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 8px;
    }
    .off {
      border-color: transparent;
      background: var(--danger-soft);
      color: var(--danger);
    }
    @container (max-width: 460px) {
      .bar .button {
        flex: 1;
        padding: 0 8px;
        font-size: 14px;
      }
    }
  `,
];
