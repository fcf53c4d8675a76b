import { type PrivacyPolicy, privacyPolicySchema } from '@meshlift/protocol';
import { html, LitElement, type TemplateResult } from 'lit';
import { notice } from '../shared/notice.ts';
import { siteHeader } from '../shared/site-header.ts';
import { operatorWords } from './operator-words.ts';
import { privacyEntry } from './privacy-entry.ts';
import { privacyStyles } from './privacy-styles.ts';
import { text } from './text.ts';

const ADDRESS = '/privacy.json';

/** What the server says of itself. The page adds nothing to it, so that there is nothing here to become untrue. */
export class PrivacyPage extends LitElement {
  static override properties = { policy: { state: true }, failed: { state: true } };
  declare policy: PrivacyPolicy | undefined;
  declare failed: boolean;

  constructor() {
    super();
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.#showNamed);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.#showNamed);
  }

  protected override render(): TemplateResult {
    return html`
      ${siteHeader()}
      <main>
        <div class="hero">
          <h1>${text.heading}</h1>
          <p>${text.intro(location.hostname)}</p>
        </div>
        ${this.policy ? this.#content(this.policy) : this.#waiting()}
      </main>
      <footer>
        <nav>
          <a href="/">${text.home}</a>
          <a href=${ADDRESS}>${text.asData}</a>
        </nav>
      </footer>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('policy')) this.#showNamed();
  }

  #waiting(): TemplateResult {
    if (!this.failed) return html`<p class="loading" role="status">${text.loading}</p>`;
    return notice(
      { tone: 'danger', title: text.failedTitle, body: text.failedBody },
      html`<button class="button" @click=${this.#load}>${text.again}</button>`,
    );
  }

  #content({ operator, sections, cannotKnow }: PrivacyPolicy): TemplateResult {
    return html`
      <section class="operator" data-testid="operator" aria-labelledby="operator-title">
        <h2 id="operator-title">${text.operatorTitle}</h2>
        ${operatorWords(operator)}
      </section>
      <nav class="contents" aria-label=${text.contents}>
        ${sections.map(({ id, title }) => html`<a href=${`#${id}`}>${title}</a>`)}
        <a href="#cannot-know">${text.cannotKnow}</a>
      </nav>
      ${sections.map(
        ({ id, title, entries }) => html`<section aria-labelledby=${id}>
          <h2 id=${id}>${title}</h2>
          <div class="card">${entries.map(privacyEntry)}</div>
        </section>`,
      )}
      <section aria-labelledby="cannot-know">
        <h2 id="cannot-know">${text.cannotKnowTitle}</h2>
        <ul class="cannot-know">
          ${cannotKnow.map((what) => html`<li>${what}</li>`)}
        </ul>
      </section>
    `;
  }

  async #load(): Promise<void> {
    this.failed = false;
    try {
      const response = await fetch(ADDRESS);
      this.policy = privacyPolicySchema.parse(await response.json());
    } catch {
      this.failed = true;
    }
  }

  /** The browser looks for what an address names in the document alone, and not in here. */
  readonly #showNamed = () => {
    const id = location.hash.slice(1);
    if (id) this.renderRoot.querySelector(`#${CSS.escape(id)}`)?.scrollIntoView();
  };

  static override styles = privacyStyles;
}

customElements.define('meshlift-privacy', PrivacyPage);
