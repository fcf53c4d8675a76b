import { css } from 'lit';

/** A picture in its frame, what is said over it while there is none, and the switches below. */
export const frameStyles = css`
  .frame {
    position: relative;
    overflow: hidden;
    aspect-ratio: 16 / 9;
    border: 1px solid var(--line);
    border-radius: var(--radius-l);
    background: #070a09;
    box-shadow: var(--shadow);
  }
  video {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: contain;
  }
  .over {
    position: absolute;
    inset: 0;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: clamp(8px, 1.6vw, 16px);
    padding: 16px;
    background: radial-gradient(90% 90% at 50% 45%, #17241f, #090d0c 80%);
    color: #d9e6e1;
    text-align: center;
  }
  .over .button {
    border-color: rgb(255 255 255 / 0.18);
    background: rgb(255 255 255 / 0.1);
    color: #fff;
  }
  .over .button:hover {
    background: rgb(255 255 255 / 0.18);
  }
  .emblem {
    display: grid;
    place-items: center;
    color: #7fe3c0;
    font-size: clamp(28px, 5vw, 44px);
  }
  .emblem .icon {
    stroke-width: 1.4;
  }
  .switches {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 10px;
    margin-top: 16px;
  }
  .switches .button {
    min-width: 138px;
  }
  @media (max-width: 620px) {
    .switches .button {
      flex: 1;
      min-width: 0;
    }
  }
`;
