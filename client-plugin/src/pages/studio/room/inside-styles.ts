import { css } from 'lit';
import { noticeStyles } from '../../shared/notice.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { roomNoticesStyles } from './room-notices.ts';

export const insideStyles = [
  baseStyles,
  buttonStyles,
  noticeStyles,
  roomNoticesStyles,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto minmax(0, 1fr) auto;
      height: 100vh;
      height: 100dvh;
      overflow: hidden;
    }
    header {
      display: flex;
      align-items: center;
      gap: 10px 12px;
      padding: 12px 20px;
    }
    .brand {
      display: grid;
      color: var(--accent);
      font-size: 22px;
    }
    h1 {
      overflow: hidden;
      border-radius: var(--radius-s);
      font-size: 18px;
      font-weight: 640;
      letter-spacing: -0.01em;
      line-height: 1.4;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    h1:focus {
      outline: none;
    }
    .locked {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      padding: 3px 10px;
      border: 1px solid var(--line);
      border-radius: 999px;
      color: var(--muted);
      font-size: 13px;
      font-weight: 550;
    }
    mode-status {
      flex: none;
      max-width: 75%;
      margin-left: auto;
    }
    main {
      display: flex;
      min-height: 0;
      padding: 0 20px;
    }
    .stage {
      flex: 1;
      display: flex;
      flex-direction: column;
      gap: 10px;
      min-width: 0;
    }
    room-grid {
      flex: 1;
    }
    .alone {
      margin: 4px auto 0;
      color: var(--muted);
      font-size: 14.5px;
      text-align: center;
      text-wrap: balance;
    }
    .alone strong {
      display: block;
      color: var(--text);
      font-size: 16px;
      font-weight: 620;
    }
    aside {
      display: flex;
      flex-direction: column;
      flex: none;
      width: 340px;
      margin-left: 16px;
      padding: 8px 18px 18px;
      border: 1px solid var(--line);
      border-radius: var(--radius-l);
      background: var(--surface);
    }
    .panel-head {
      display: flex;
      align-items: center;
      justify-content: space-between;
      min-height: 52px;
    }
    .panel-head .button {
      margin-right: -10px;
      color: var(--muted);
    }
    h2 {
      font-size: 17px;
      font-weight: 640;
      letter-spacing: 0;
    }
    aside > :last-child,
    chat-panel,
    people-panel {
      flex: 1;
      min-height: 0;
    }
    .source {
      display: grid;
      align-content: start;
      gap: 16px;
      overflow-y: auto;
    }
    room-controls {
      padding: 10px 12px max(12px, env(safe-area-inset-bottom));
    }
    @media (max-width: 940px) {
      header {
        flex-wrap: wrap;
      }
      h1 {
        flex: 1;
      }
      mode-status {
        flex: 1 0 100%;
        max-width: none;
        margin: 0;
      }
      main {
        position: relative;
      }
      /* The mode stays in sight. */
      aside {
        position: absolute;
        inset: 0 8px;
        z-index: 4;
        width: auto;
        margin: 0;
        box-shadow: var(--shadow);
      }
    }
    @media (max-width: 940px) and (min-width: 621px) {
      aside {
        left: auto;
        width: 380px;
      }
    }
    @media (max-width: 620px) {
      header {
        padding: 8px 12px 10px;
      }
      main {
        padding: 0 12px;
      }
      room-controls {
        padding-inline: 8px;
      }
    }
  `,
];
