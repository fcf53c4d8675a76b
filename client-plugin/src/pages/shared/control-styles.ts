import { css } from 'lit';

/** Controls that lie on a picture. Their component says how large they are: `--control`, `--control-icon`. */
export const controlStyles = css`
  .control,
  .quality {
    height: var(--control);
    border: 0;
    border-radius: var(--radius-m);
    background: transparent;
    color: inherit;
    cursor: pointer;
    transition: background-color 0.15s;
  }
  .control {
    display: grid;
    place-items: center;
    width: var(--control);
    font-size: var(--control-icon);
  }
  .quality {
    padding: 0 calc(var(--control) / 5);
    font: 550 14px var(--sans);
    font-variant-numeric: tabular-nums;
  }
  .quality option {
    background: #131a18;
    color: #e8f1ed;
  }
  .control:hover,
  .quality:hover {
    background: rgb(255 255 255 / 0.14);
  }
`;
