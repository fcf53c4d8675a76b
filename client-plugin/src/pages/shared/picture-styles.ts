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

/** The name of whoever a picture shows, on its lower edge. */
export const plateStyles = css`
  .plate {
    position: absolute;
    left: 8px;
    bottom: 8px;
    display: flex;
    align-items: center;
    gap: 7px;
    max-width: calc(100% - 16px);
    min-height: 28px;
    padding: 3px 10px;
    border-radius: var(--radius-s);
    background: rgb(8 13 12 / 0.74);
    font-size: 13.5px;
    font-weight: 550;
    line-height: 1.3;
  }
  .plate .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
