import { css, html, type TemplateResult } from 'lit';
import * as icons from './icons.ts';

export interface NoticeContent {
  tone: 'plain' | 'warning' | 'danger';
  title: string;
  /** A sentence or two on what to do about it. */
  body?: string;
}

/** A message that stays until its cause is gone. Screen readers hear it when it appears. */
export function notice({ tone, title, body }: NoticeContent, actions?: TemplateResult): TemplateResult {
  return html`<div class="notice ${tone}" role=${tone === 'danger' ? 'alert' : 'status'}>
    ${tone === 'plain' ? icons.info : icons.alert}
    <div class="notice-text">
      <strong>${title}</strong>
      ${body ? html`<p>${body}</p>` : null} ${actions ? html`<div class="notice-actions">${actions}</div>` : null}
    </div>
  </div>`;
}

export const noticeStyles = css`
  .notice {
    display: flex;
    gap: 12px;
    padding: 14px 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface-raised);
    font-size: 15px;
  }
  .notice > .icon {
    margin-top: 1px;
    color: var(--muted);
  }
  .notice strong {
    font-weight: 600;
  }
  .notice p {
    margin-top: 3px;
    color: var(--muted);
    font-size: 14.5px;
  }
  .notice-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 12px;
  }
  .notice.warning {
    border-color: color-mix(in srgb, var(--warning) 35%, transparent);
    background: var(--warning-soft);
  }
  .notice.warning > .icon {
    color: var(--warning);
  }
  .notice.danger {
    border-color: color-mix(in srgb, var(--danger) 35%, transparent);
    background: var(--danger-soft);
  }
  .notice.danger > .icon {
    color: var(--danger);
  }
`;
