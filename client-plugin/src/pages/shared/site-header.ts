import { css, html, type TemplateResult } from 'lit';
import * as icons from './icons.ts';

/** The line at the top of a page: the name, which leads home, and whatever the page has to say beside it. */
export function siteHeader(beside?: TemplateResult): TemplateResult {
  return html`<header class="site-header">
    <a class="brand" href="/" aria-label="Meshlift">${icons.mark}<span>Meshlift</span></a>
    ${beside}
  </header>`;
}

export const siteHeaderStyles = css`
  .site-header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px 20px;
    width: 100%;
    max-width: var(--page-width);
    min-height: 72px;
    margin: 0 auto;
    padding: 10px var(--gutter);
  }
  .brand {
    display: inline-flex;
    align-items: center;
    gap: 10px;
    min-height: 44px;
    border-radius: var(--radius-s);
    color: var(--text);
    font-size: 18px;
    font-weight: 650;
    letter-spacing: -0.01em;
    text-decoration: none;
  }
  .brand .icon {
    color: var(--accent);
    font-size: 22px;
  }
`;
