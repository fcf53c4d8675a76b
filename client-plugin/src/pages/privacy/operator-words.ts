import type { PrivacyPolicy } from '@meshlift/protocol';
import { html, type TemplateResult } from 'lit';
import { text } from './text.ts';

/** Who runs the server, as far as they have said it. */
export function operatorWords({ name, contact }: PrivacyPolicy['operator']): TemplateResult {
  if (name === undefined && contact === undefined) return html`<p>${text.nobody}</p>`;
  return html`
    ${name === undefined ? html`<p>${text.noName}</p>` : html`<p class="operator-name">${name}</p>`}
    <p>${contact === undefined ? text.noContact : html`${text.contact} ${link(contact)}.`}</p>
  `;
}

/** The server lets no other kind of contact start it; whatever came all the same would be text and no link. */
function link(contact: string): TemplateResult {
  if (contact.startsWith('https://')) return html`<a href=${contact} rel="noopener">${contact}</a>`;
  return contact.includes('@') ? html`<a href=${`mailto:${contact}`}>${contact}</a>` : html`${contact}`;
}
