import { html, LitElement, nothing, type TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import { isGuessable, roomLink, suggestRoomName } from '../shared/room-name.ts';
import { siteHeader } from '../shared/site-header.ts';
import { homeStyles } from './home-styles.ts';
import { type Destination, roomIn, streamIn } from './pasted-link.ts';

const text = {
  heading: 'Live from your browser, to anyone with the link.',
  intro:
    'No account, nothing to install. You send your stream once; the server passes it on to everyone who watches.',
  goLiveTitle: 'Go live',
  goLiveBody: 'Show your camera, your screen or a test picture, and share one link.',
  goLive: 'Open the studio',
  watchTitle: 'Watch',
  watchBody: 'Got a link or a stream ID? Paste it here.',
  watchLabel: 'Watch link or stream ID',
  watchPlaceholder: 'Link or stream ID',
  watch: 'Watch',
  watchEmpty: 'Paste a watch link or a stream ID first.',
  watchInvalid: 'That is neither a stream ID nor a watch link.',
  elsewhere: (host: string) => `That link leads to another server, ${host}, and not to this one.`,
  openElsewhere: (host: string) => `Open it at ${host}`,
  meetTitle: 'Meet',
  meetBody: 'A room for a few people, who send to each other directly. Whoever knows its name can come in.',
  meetLabel: 'Name of the room',
  meetPlaceholder: 'Name of the room',
  meet: 'Enter',
  meetSuggest: 'Suggest a name',
  meetEmpty: 'Give the room a name first, or take a suggested one.',
  meetGuessable:
    'Easy to guess, and whoever guesses it can come in. A name is like a password: take a longer one.',
  honest:
    'Streams go through this server, which decrypts them and encrypts them again for each viewer. It could see and hear them; it records nothing.',
  footer: 'More on this server',
  studio: 'Studio',
  privacy: 'Privacy',
};

/** The front page: three ways in. */
export class HomePage extends LitElement {
  static override properties = {
    complaint: { state: true },
    elsewhere: { state: true },
    room: { state: true },
    roomComplaint: { state: true },
  };
  declare complaint: string;
  /** A link of another server's that was pasted, and where. */
  declare elsewhere: { form: 'watch' | 'meet'; host: string; href: string } | undefined;
  declare room: string;
  declare roomComplaint: string;

  constructor() {
    super();
    this.complaint = '';
    this.elsewhere = undefined;
    this.room = '';
    this.roomComplaint = '';
  }

  protected override render(): TemplateResult {
    return html`
      ${siteHeader()}
      <main>
        <div class="hero">
          <h1>${text.heading}</h1>
          <p>${text.intro}</p>
        </div>
        <div class="ways">
          <section>
            <h2>${text.goLiveTitle}</h2>
            <p>${text.goLiveBody}</p>
            <a class="button primary large" href="/studio">${text.goLive}${icons.arrow}</a>
          </section>
          <section>
            <h2>${text.meetTitle}</h2>
            <p>${text.meetBody}</p>
            ${this.#roomForm()}
          </section>
          <section>
            <h2>${text.watchTitle}</h2>
            <p>${text.watchBody}</p>
            ${this.#form()}
          </section>
        </div>
        <p class="honest">${icons.relay}<span>${text.honest}</span></p>
      </main>
      <footer>
        <nav aria-label=${text.footer}><a href="/studio">${text.studio}</a> <a href="/privacy">${text.privacy}</a></nav>
      </footer>
    `;
  }

  #form(): TemplateResult {
    return html`<form novalidate @submit=${this.#watch}>
      <label class="visually-hidden" for="stream">${text.watchLabel}</label>
      <input
        id="stream"
        class="field"
        name="stream"
        placeholder=${text.watchPlaceholder}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-invalid=${this.complaint !== ''}
        aria-describedby="complaint"
        @input=${() => {
          this.complaint = '';
          this.elsewhere = undefined;
        }}
      />
      <button class="button large">${text.watch}</button>
      <p id="complaint" class="complaint" role="alert">${this.complaint || nothing}</p>
      ${this.#elsewhere('watch')}
    </form>`;
  }

  #roomForm(): TemplateResult {
    const guessable = this.room !== '' && isGuessable(this.room);
    const hint = this.roomComplaint || (guessable ? text.meetGuessable : '');
    return html`<form novalidate @submit=${this.#meet}>
      <label class="visually-hidden" for="room">${text.meetLabel}</label>
      <div class="with-button">
        <input
          id="room"
          class="field"
          name="room"
          data-testid="room-field"
          placeholder=${text.meetPlaceholder}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-invalid=${this.roomComplaint !== ''}
          aria-describedby="room-hint"
          .value=${this.room}
          @input=${(event: InputEvent & { target: HTMLInputElement }) => this.#name(event.target.value)}
        />
        <button
          type="button"
          class="button quiet square"
          data-testid="suggest-room"
          aria-label=${text.meetSuggest}
          title=${text.meetSuggest}
          @click=${() => this.#name(suggestRoomName())}
        >
          ${icons.renew}
        </button>
      </div>
      <button class="button large" data-testid="enter-room">${text.meet}</button>
      <p
        id="room-hint"
        class=${this.roomComplaint ? 'complaint' : 'hint'}
        data-testid="room-hint"
        role=${this.roomComplaint ? 'alert' : 'status'}
      >${hint || nothing}</p>
      ${this.#elsewhere('meet')}
    </form>`;
  }

  /** What leads elsewhere is said before anything is opened, and is opened there or not at all. */
  #elsewhere(form: 'watch' | 'meet'): TemplateResult | typeof nothing {
    if (this.elsewhere?.form !== form) return nothing;
    const { host, href } = this.elsewhere;
    return html`<p class="hint" role="alert" data-testid="elsewhere">
      ${text.elsewhere(host)}
      <a href=${href} rel="noopener noreferrer" data-testid="open-elsewhere">${text.openElsewhere(host)}</a>
    </p>`;
  }

  #go(destination: Destination, form: 'watch' | 'meet'): void {
    if ('path' in destination) location.assign(destination.path);
    else this.elsewhere = { form, ...destination };
  }

  #name(room: string): void {
    this.room = room;
    this.roomComplaint = '';
    this.elsewhere = undefined;
  }

  #meet(event: SubmitEvent & { currentTarget: HTMLFormElement }): void {
    event.preventDefault();
    const room = this.room.trim();
    const linked = roomIn(room, location.host);
    if (linked) {
      this.#go(linked, 'meet');
      return;
    }
    if (room !== '') {
      location.assign(roomLink(room));
      return;
    }
    this.roomComplaint = text.meetEmpty;
    (event.currentTarget.elements.namedItem('room') as HTMLInputElement).focus();
  }

  #watch(event: SubmitEvent & { currentTarget: HTMLFormElement }): void {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem('stream') as HTMLInputElement;
    const stream = streamIn(field.value, location.host);
    if (stream) {
      this.#go(stream, 'watch');
      return;
    }
    this.complaint = field.value.trim() === '' ? text.watchEmpty : text.watchInvalid;
    field.focus();
  }

  static override styles = homeStyles;
}

customElements.define('meshlift-home', HomePage);
