import { css } from 'lit';

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
