import { HostKey } from '../../shared/host-key.ts';
import { Remembered } from '../../shared/storage.ts';
import type { StreamOwnership } from '../encoder/encoder-stream.ts';
import type { MediaKind, SourceChoice } from '../source-kinds.ts';
import type { KeptStayRecord } from './stay-record.ts';

/** What a tab needs in order to come back into a room after a reload, without asking again. */
export interface Stay {
  /** Tells this tab's stay from that of a tab that is a duplicate of it. */
  id: string;
  name: string;
  source: SourceChoice;
  paused: MediaKind[];
  /** What was sent went through the relay, as this person had been told. */
  relayed?: boolean;
  password?: string;
  /** The stream that was made for an encoder, if that is the source. */
  encoder?: StreamOwnership;
  record?: KeptStayRecord;
}

/** What is remembered of a room: nothing of it leaves the browser, and a tab's part goes with the tab. */
export class VisitMemory {
  readonly #name = new Remembered<string>('browser', 'name');
  readonly #told = new Remembered<boolean>('browser', 'told-of-address');
  readonly #stay: Remembered<Stay>;
  readonly hostKey: HostKey;

  constructor(room: string) {
    this.#stay = new Remembered('tab', `stay:${room}`);
    this.hostKey = new HostKey(room);
  }

  get name(): string {
    return this.#name.load() ?? '';
  }

  set name(name: string) {
    this.#name.save(name);
  }

  /** Whether this browser has said what joining a direct room shows to the others. */
  get told(): boolean {
    return this.#told.load() ?? false;
  }

  set told(told: boolean) {
    this.#told.save(told);
  }

  /** While this tab is in the room. */
  get stay(): Stay | undefined {
    return this.#stay.load();
  }

  set stay(stay: Stay | undefined) {
    if (stay) this.#stay.save(stay);
    else this.#stay.clear();
  }
}
