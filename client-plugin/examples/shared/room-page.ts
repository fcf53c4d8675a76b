import { createTestPicture } from '../../src/test-picture/test-picture.ts';

/** What a room gives back for when the person leaves it. */
export type Leave = () => void;

/** The page around a room: a form, pictures, and a line that says what goes on. It knows nothing of WebRTC. */
export class RoomPage {
  /** The Meshlift server that the address names: `?server=http://localhost:8080` unless it says otherwise. */
  readonly server: string;
  readonly modeLabel = part<HTMLElement>('mode-label');
  readonly modeToggle = part<HTMLButtonElement>('mode-toggle');
  readonly #query = new URLSearchParams(location.search);
  readonly #form = part<HTMLFormElement>('join');
  readonly #tiles = part<HTMLElement>('tiles');
  readonly #status = part<HTMLElement>('status');
  readonly #leave = part<HTMLButtonElement>('leave');

  /** @param join enters the room of that name, sending that stream */
  constructor(join: (room: string, stream: MediaStream) => Promise<Leave>) {
    this.server = this.#query.get('server') ?? 'http://localhost:8080';
    const input = this.#form.elements.namedItem('room') as HTMLInputElement;
    input.value = this.#query.get('room') ?? '';
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#enter(input.value, join);
    });
  }

  /** The element that shows a peer, in a tile of its own. */
  tile(peerId: string): HTMLVideoElement {
    return this.#video(peerId) ?? this.#addTile(peerId);
  }

  /** Takes a peer's tile away. Repeating it changes nothing. */
  remove(peerId: string): void {
    this.#video(peerId)?.closest('figure')?.remove();
  }

  say(text: string): void {
    this.#status.textContent = text;
  }

  async #enter(room: string, join: (room: string, stream: MediaStream) => Promise<Leave>): Promise<void> {
    this.#busy(true);
    try {
      const stream = await this.#openSource();
      part<HTMLVideoElement>('local').srcObject = stream;
      const leave = await join(room, stream);
      const end = () => {
        leave();
        for (const track of stream.getTracks()) track.stop();
      };
      // The others should not have to find out by a timeout.
      addEventListener('pagehide', end, { once: true });
      this.#leave.addEventListener('click', () => location.reload(), { once: true });
      this.#query.set('room', room);
      history.replaceState(null, '', `?${this.#query}`);
      this.#form.hidden = true;
      this.#tiles.hidden = false;
      this.#leave.hidden = false;
      this.say(`In room ${room}`);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      this.#busy(false);
    }
  }

  async #openSource(): Promise<MediaStream> {
    if (this.#query.get('source') === 'test') return createTestPicture({ width: 640, height: 360 }).stream;
    return navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
  }

  #busy(busy: boolean): void {
    for (const button of this.#form.querySelectorAll('button')) button.disabled = busy;
  }

  #video(peerId: string): HTMLVideoElement | undefined {
    const videos = [...this.#tiles.querySelectorAll<HTMLVideoElement>('video[data-peer]')];
    return videos.find(({ dataset }) => dataset.peer === peerId);
  }

  #addTile(peerId: string): HTMLVideoElement {
    const tile = document.createElement('figure');
    const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true });
    video.dataset.testid = 'remote-tile';
    video.dataset.peer = peerId;
    const caption = document.createElement('figcaption');
    caption.textContent = peerId.slice(-4);
    tile.append(video, caption);
    this.#tiles.append(tile);
    return video;
  }
}

function part<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no part #${id}.`);
  return found as E;
}
