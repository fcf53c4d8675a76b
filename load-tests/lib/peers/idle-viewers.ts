import { Child } from '../machine/child.ts';
import type { Answered, IdleViewersTasks } from './idle-viewers-process.ts';

export type { Answered } from './idle-viewers-process.ts';

/**
 * Viewers that wait for a stream and connect no media, in a process of their own. The server has to trust one
 * proxy: each of them has an address of its own, as the public has, and is counted by it.
 */
export class IdleViewers {
  readonly #child: Child<IdleViewersTasks>;
  readonly #server: string;

  static async start(server: string, core?: number | undefined): Promise<IdleViewers> {
    const script = new URL('idle-viewers-process.ts', import.meta.url);
    return new IdleViewers(await Child.start<IdleViewersTasks>(script, { core }), server);
  }

  private constructor(child: Child<IdleViewersTasks>, server: string) {
    this.#child = child;
    this.#server = server;
  }

  /** Lets more of them in, as fast as the server answers so many at a time. */
  join(count: number, { atOnce }: { atOnce: number }): Promise<Answered> {
    return this.#child.tasks.join(this.#server, count, atOnce);
  }

  /** Has them ask for next to nothing, as fast as the server answers so many at a time. */
  ask(seconds: number, { atOnce }: { atOnce: number }): Promise<Answered> {
    return this.#child.tasks.ask(seconds, atOnce);
  }

  /** All say goodbye. */
  leave(): Promise<void> {
    return this.#child.tasks.leave();
  }

  /** What has gone wrong since this was asked the last time: connections that broke, sessions that ended. */
  takeBroken(): Promise<string[]> {
    return this.#child.tasks.takeBroken();
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
