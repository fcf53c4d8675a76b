import { css } from 'lit';
import { controlStyles } from '../pages/shared/control-styles.ts';
import { streamFactsStyles } from '../pages/shared/stream-facts.ts';
import { baseStyles, buttonStyles } from '../pages/shared/styles.ts';
import { tokenStyles } from './tokens.ts';

/** Bare, it is as transparent as a video without a picture; with controls it is a player of its own colour. */
export const playerStyles = [
  tokenStyles,
  baseStyles,
  buttonStyles,
  streamFactsStyles,
  controlStyles,
  css`
    :host {
      --control: 40px;
      --control-icon: 17px;
      position: relative;
      overflow: hidden;
      aspect-ratio: 16 / 9;
      color: #f2f7f5;
      font: 400 16px / 1.5 var(--sans);
      container-type: inline-size;
    }
    :host([controls]) {
      background: #070a09;
    }
    :host(:fullscreen) {
      aspect-ratio: auto;
    }
    video,
    ::slotted(video) {
      position: absolute;
      inset: 0;
      display: block;
      width: 100%;
      height: 100%;
    }
    .words {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
      padding: 16px;
      pointer-events: none;
    }
    /* The picture goes on beside these. */
    .words.aside {
      place-items: start end;
    }
    .words p {
      padding: 8px 16px;
      border-radius: 999px;
      background: rgb(8 13 12 / 0.74);
      font-size: 14px;
      line-height: 1.35;
      text-align: center;
      text-wrap: balance;
    }
    .spinner {
      width: 36px;
      height: 36px;
      border: 3px solid rgb(255 255 255 / 0.18);
      border-top-color: var(--accent);
      border-radius: 50%;
      /* Most streams start before anybody needs to be told that they are starting. */
      animation:
        turn 0.9s linear infinite,
        appear 0.3s 0.5s both;
    }
    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }
    @keyframes appear {
      from {
        opacity: 0;
      }
    }
    .bar {
      position: absolute;
      inset: auto 0 0;
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 4px 16px;
      padding: 36px 12px 6px 16px;
      text-shadow: 0 1px 3px rgb(0 0 0 / 0.75);
    }
    .bar::before {
      content: '';
      position: absolute;
      inset: 0;
      background: linear-gradient(transparent, rgb(0 0 0 / 0.72));
      pointer-events: none;
    }
    .bar > * {
      position: relative;
    }
    .group {
      display: flex;
      align-items: center;
      gap: 2px;
      margin-left: auto;
    }
    .group .viewers {
      margin-right: 8px;
    }
    /* It is read on any picture, also while there is nothing else over it. */
    .mode {
      padding: 4px 12px 4px 9px;
      border-radius: 999px;
      background: rgb(8 13 12 / 0.6);
      font-size: 13px;
    }
    .bar::before,
    .group,
    .mode {
      transition: opacity 0.35s;
    }
    /* Who looks at the picture is not disturbed, but what the server can see and hear stays said. */
    @media (hover: hover) {
      :host(:not(:hover):not(:focus-within)) .group,
      :host(:not(:hover):not(:focus-within)) .bar::before {
        opacity: 0;
      }
      :host(:not(:hover):not(:focus-within)) .mode {
        opacity: 0.85;
      }
    }
    input[type='range'] {
      width: 76px;
      height: 40px;
      margin: 0 8px 0 0;
      accent-color: #fff;
      cursor: pointer;
    }
    .pill {
      position: absolute;
      left: 50%;
      top: 50%;
      border: 0;
      border-radius: 999px;
      background: #f5faf8;
      color: #0c1412;
      box-shadow: 0 8px 30px rgb(0 0 0 / 0.45);
      translate: -50% -50%;
    }
    .pill:hover {
      background: #fff;
    }
    @container (max-width: 620px) {
      .bar {
        flex-direction: column;
        align-items: flex-start;
        padding: 20px 8px 4px;
      }
      .group .viewers {
        margin-right: auto;
      }
      .group {
        width: 100%;
        margin-left: 0;
        padding-left: 8px;
      }
      /* Small players have a button for this. */
      input[type='range'] {
        display: none;
      }
    }
    @container (max-width: 300px) {
      .fact {
        font-size: 12px;
      }
    }
  `,
];
