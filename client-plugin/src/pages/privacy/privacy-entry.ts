import type { PrivacyEntry } from '@meshlift/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { nowhere, placeNames, text } from './text.ts';

/** One entry of the inventory. */
export function privacyEntry({
  id,
  title,
  what,
  why,
  where,
  howLong,
  who,
  items,
}: PrivacyEntry): TemplateResult {
  return html`<article id=${id} data-testid=${`entry-${id}`} aria-labelledby=${`${id}-title`}>
    <div class="title">
      <h3 id=${`${id}-title`}>${title}</h3>
      <ul class="places">
        ${where.map((place) => html`<li>${placeNames[place]}</li>`)}
        ${where.length === 0 ? html`<li class="nowhere">${nowhere}</li>` : nothing}
      </ul>
    </div>
    <p>${what}</p>
    ${
      items
        ? html`<ul class="items">
            ${items.map(({ name, about }) => html`<li><code>${name}</code><span>${about}</span></li>`)}
          </ul>`
        : nothing
    }
    <dl>
      <dt>${text.why}</dt>
      <dd>${why}</dd>
      <dt>${text.howLong}</dt>
      <dd>${howLong}</dd>
      <dt>${text.who}</dt>
      <dd>${who}</dd>
    </dl>
  </article>`;
}

export const privacyEntryStyles = css`
  article {
    display: grid;
    gap: 14px;
    padding: clamp(20px, 3vw, 28px);
    scroll-margin-top: 16px;
  }
  article + article {
    border-top: 1px solid var(--line);
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 10px 16px;
  }
  h3 {
    font-size: 18px;
    font-weight: 620;
  }
  .places {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .places li {
    padding: 3px 10px;
    border-radius: 999px;
    background: var(--warning-soft);
    color: var(--warning);
    font-size: 13px;
    font-weight: 550;
  }
  .places .nowhere {
    background: var(--accent-soft);
    color: var(--accent);
  }
  article > p {
    max-width: 70ch;
  }
  .items {
    display: grid;
    gap: 10px;
    margin: 0 0 10px;
    padding: 0;
    list-style: none;
  }
  .items li {
    display: grid;
    grid-template-columns: minmax(0, 15rem) minmax(0, 1fr);
    gap: 2px 20px;
    font-size: 15px;
  }
  code {
    font: 13.5px / 1.6 var(--mono);
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: 8rem minmax(0, 1fr);
    gap: 8px 20px;
    margin: 0;
    font-size: 15px;
  }
  dt,
  .items span {
    color: var(--muted);
  }
  dd {
    max-width: 62ch;
    margin: 0;
    text-wrap: pretty;
  }
  @media (max-width: 620px) {
    .items li,
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
    dl {
      gap: 2px;
    }
    dd + dt {
      margin-top: 8px;
    }
  }
`;
