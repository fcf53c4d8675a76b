import { css } from 'lit';

/** A picture is dark in any scheme, and so is what lies on it. */
export const tileStyles = css`
  room-tile {
    position: absolute;
    display: block;
    overflow: hidden;
    border-radius: var(--radius-m);
    background: #0a0f0e;
    container-type: size;
    color: #eef6f3;
    transition:
      left 0.25s,
      top 0.25s,
      width 0.25s,
      height 0.25s;
  }
  room-tile.speaking::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: inherit;
    box-shadow:
      inset 0 0 0 3px #5fe0b4,
      inset 0 0 0 4px rgb(0 0 0 / 0.5);
    pointer-events: none;
  }
  room-tile video {
    display: block;
    width: 100%;
    height: 100%;
    /* Whole, because nobody knows which of the pictures is a screen. */
    object-fit: contain;
  }
  room-tile .mirrored {
    transform: scaleX(-1);
  }
  .no-picture {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding-bottom: 10cqh;
    background: radial-gradient(90% 90% at 50% 45%, #1d2b26, #101816 85%);
  }
  .initial {
    display: grid;
    place-items: center;
    width: min(42cqh, 34cqw, 120px);
    aspect-ratio: 1;
    border-radius: 50%;
    background: hsl(var(--hue) 32% 34%);
    font-size: min(19cqh, 15cqw, 52px);
    font-weight: 600;
  }
  .no-picture .spinner {
    width: min(20cqh, 16cqw, 40px);
    aspect-ratio: 1;
    border: 3px solid rgb(255 255 255 / 0.2);
    border-top-color: #5fe0b4;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  .mark {
    display: grid;
    color: #b9cac3;
  }
  .mark.off {
    color: #ff8a7e;
  }
  .badge {
    padding: 0 6px;
    border-radius: 5px;
    background: #5fe0b4;
    color: #04231a;
    font-size: 11.5px;
    font-weight: 650;
    line-height: 1.6;
  }
  @container (max-width: 240px) {
    .plate {
      left: 5px;
      bottom: 5px;
      gap: 5px;
      max-width: calc(100% - 10px);
      min-height: 22px;
      padding: 2px 7px;
      font-size: 12px;
    }
    .plate .badge {
      font-size: 10.5px;
    }
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
  room-tile:hover .enlarge,
  .enlarge:focus-visible {
    opacity: 1;
  }
  @media (hover: none) {
    .enlarge {
      opacity: 0.75;
    }
  }
`;
