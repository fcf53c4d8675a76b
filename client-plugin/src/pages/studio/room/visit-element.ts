import { LitElement, type PropertyDeclarations } from 'lit';
import type { Visit } from './visit.ts';

/** A part of the room's page: drawn anew whenever something about the visit changes. */
export class VisitElement extends LitElement {
  static override properties: PropertyDeclarations = { visit: { attribute: false } };
  declare visit: Visit;
  readonly #update = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.visit.addEventListener('change', this.#update);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.visit.removeEventListener('change', this.#update);
  }
}
