import type { Page } from '@playwright/test';
import type { JoinOptions, OfferedStream, Room, RoomMode, SwitchReport } from '../../src/index.ts';
import { expect } from './patient-expect.ts';

/** What a page of the tests keeps about the room it is in. */
interface MeshPage {
  room: Room;
  chat: string[];
  states: string[];
  longestGap: Map<HTMLVideoElement, number>;
  /** New frames of each picture, since somebody has begun to count. */
  frames: Map<HTMLVideoElement, number>;
  /** How often the counter in each participant's decoded pixels has been another one. */
  changes: Map<string, number>;
  /** Plays one frame counter and one tone at a time; undefined until something is published. */
  source?: Source;
  makeSource(frequency: number, restless?: boolean): Source;
}

interface Source {
  stream: MediaStream;
  tone: OscillatorNode;
  /** Frames drawn so far. */
  drawn(): number;
}

declare global {
  interface Window {
    mesh: MeshPage;
  }
}

/** Tones that none of the others' harmonics come near. */
export const TONES = { ada: 500, bob: 800, eve: 1_100, dan: 1_700 };

/** What a member needs of a page, whichever program drives its browser. */
export interface DrivenPage {
  url(): string;
  goto(url: string): Promise<unknown>;
  /** Runs a function, or an expression, in the page and waits for what it comes to. */
  evaluate<R, A = undefined>(work: string | ((argument: A) => R), argument?: A): Promise<Awaited<R>>;
}

/** Somebody in a room: a page that plays everybody else, and can publish a frame counter with a tone. */
export class Member<P extends DrivenPage = Page> {
  readonly page: P;

  constructor(page: P) {
    this.page = page;
  }

  /** Joins from the server's first page. @returns the code with which the room refused, if it did */
  async join(url: string, options: JoinOptions): Promise<string | undefined> {
    if (!this.page.url().startsWith(url)) await this.page.goto(url);
    return this.page.evaluate(async (options) => {
      const makeSource = (frequency: number, restless = false) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const context = canvas.getContext('2d');
        if (!context) throw new Error('no canvas');
        let count = 0;
        setInterval(() => window.probe.draw(context, count++, restless), 1_000 / 30);
        const audio = new AudioContext();
        const tone = new OscillatorNode(audio, { frequency });
        const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
        tone.connect(new GainNode(audio, { gain: 0.2 })).connect(destination);
        tone.start();
        const tracks = [...canvas.captureStream().getTracks(), ...destination.stream.getTracks()];
        return { stream: new MediaStream(tracks), tone, drawn: () => count };
      };
      const { joinRoom } = await import(new URL('/meshlift.mjs', location.href).href);
      try {
        const room: Room = await joinRoom(options);
        window.mesh = {
          room,
          chat: [],
          states: [],
          longestGap: new Map(),
          frames: new Map(),
          changes: new Map(),
          makeSource,
        };
        const videos = new Map<unknown, HTMLVideoElement>();
        const play = (stream: NonNullable<Room['participants'][number]['stream']>) => {
          const video = Object.assign(document.createElement('video'), { autoplay: true });
          video.dataset.participant = stream.participantId;
          // Side by side in view: nothing is received for a tile that cannot be seen.
          const left = 320 * document.querySelectorAll('video').length;
          video.style.cssText = `position: fixed; top: 0; left: ${left}px; width: 320px; height: 180px`;
          document.body.append(video);
          stream.attach(video);
          videos.set(stream, video);
        };
        for (const { stream } of room.participants) if (stream) play(stream);
        room.on('stream', play);
        room.on('streamended', (stream) => videos.get(stream)?.remove());
        room.on('chat', ({ name, text }) => window.mesh.chat.push(`${name}: ${text}`));
        room.on('state', ({ state, error }) => window.mesh.states.push(error?.code ?? state));
        return undefined;
      } catch (error) {
        return String((error as { code?: unknown }).code ?? error);
      }
    }, options);
  }

  /**
   * Publishes a counter that begins at 0, and a tone.
   *
   * @param restless makes it a picture that takes as many bits as it can get
   */
  publish(frequency: number, restless = false): Promise<OfferedStream> {
    return this.page.evaluate(
      ([frequency, restless]) => {
        const source = window.mesh.makeSource(frequency, restless);
        window.mesh.source = source;
        return window.mesh.room.publish(source.stream);
      },
      [frequency, restless] as const,
    );
  }

  /** Publishes the browser's made-up camera and microphone. */
  async publishCamera(width: number, height: number): Promise<void> {
    await this.page.evaluate(
      async ([width, height]) => {
        const video = { width: { exact: width }, height: { exact: height }, frameRate: 30 };
        await window.mesh.room.publish(await navigator.mediaDevices.getUserMedia({ audio: true, video }));
      },
      [width, height] as const,
    );
  }

  /** Waits until so many pictures are there and each has shown so many new frames. */
  async seesFrames(pictures: number, frames: number): Promise<void> {
    await expect
      .poll(() => this.page.evaluate(() => document.querySelectorAll('video').length), { timeout: 60_000 })
      .toBe(pictures);
    await this.page.evaluate(() => {
      window.mesh.frames = new Map();
      for (const video of document.querySelectorAll('video')) {
        const { frames } = window.mesh;
        frames.set(video, 0);
        const onFrame = () => {
          frames.set(video, (frames.get(video) ?? 0) + 1);
          if (window.mesh.frames === frames) video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
      }
    });
    const fewest = async () => {
      const shown = await this.page.evaluate(() => [...window.mesh.frames.values()]);
      return Math.min(...shown);
    };
    await expect.poll(fewest, { timeout: 60_000 }).toBeGreaterThanOrEqual(frames);
  }

  /** Waits until what this page publishes has moved on by so many frames. */
  drawsFrames(count: number): Promise<void> {
    return this.page.evaluate(
      (count) =>
        new Promise<void>((resolve) => {
          const drawn = () => window.mesh.source?.drawn() ?? 0;
          const until = drawn() + count;
          const look = () => (drawn() >= until ? resolve() : requestAnimationFrame(look));
          look();
        }),
      count,
    );
  }

  run<T>(work: (room: Room) => T | Promise<T>): Promise<T> {
    return this.page.evaluate(`(${work})(window.mesh.room)`) as Promise<T>;
  }

  /** Moves the room, as its host. Resolves when this page is over. */
  switchTo(mode: RoomMode): Promise<SwitchReport> {
    return this.page.evaluate((mode) => window.mesh.room.setMode(mode), mode);
  }

  /** What this page reports of the next switch. */
  nextReport(): Promise<SwitchReport> {
    return this.run((room) => new Promise<SwitchReport>((resolve) => room.on('modechange', resolve)));
  }

  id(): Promise<string> {
    return this.run((room) => room.participantId);
  }

  names(): Promise<string[]> {
    return this.run((room) => room.participants.map(({ name }) => name).sort());
  }

  chat(): Promise<string[]> {
    return this.page.evaluate(() => window.mesh.chat);
  }

  states(): Promise<string[]> {
    return this.page.evaluate(() => window.mesh.states);
  }

  /** The frame counter in the picture of somebody; undefined while there is none. */
  async count(participantId: string): Promise<number | undefined> {
    return this.page.evaluate((id) => {
      const video = document.querySelector<HTMLVideoElement>(`[data-participant="${id}"]`);
      return video ? window.probe.see(video).count : undefined;
    }, participantId);
  }

  /** Waits until somebody's picture moves on from what it shows now. @returns its counter then */
  async sees(participantId: string): Promise<number> {
    let first: number | undefined;
    let last = 0;
    await expect
      .poll(
        async () => {
          const count = await this.count(participantId);
          first ??= count;
          last = count ?? 0;
          return first !== undefined && count !== undefined && count > first;
        },
        { message: 'the picture should move', intervals: [50] },
      )
      .toBe(true);
    return last;
  }

  /** Begins to count how often each picture's pixels change, whatever the browser says of its frames. */
  async watchPixels(): Promise<void> {
    await this.page.evaluate(() => {
      const last = new Map<string, number>();
      setInterval(() => {
        for (const video of document.querySelectorAll('video')) {
          const { participant = '' } = video.dataset;
          const { count } = window.probe.see(video);
          if (count === undefined || count === last.get(participant)) continue;
          last.set(participant, count);
          window.mesh.changes.set(participant, (window.mesh.changes.get(participant) ?? 0) + 1);
        }
      }, 40);
    });
  }

  /** Waits until the pixels of somebody's picture have changed so often from now on. */
  async seesChanges(participantId: string, times: number): Promise<void> {
    const changes = () => this.page.evaluate((id) => window.mesh.changes.get(id) ?? 0, participantId);
    const before = await changes();
    await expect
      .poll(async () => (await changes()) - before, { message: 'changes of the decoded pixels' })
      .toBeGreaterThanOrEqual(times);
  }

  /** How clearly somebody's tone is heard, in decibels. */
  tone(participantId: string, frequency: number): Promise<number> {
    return this.page.evaluate(
      ([id, hertz]) => {
        const video = document.querySelector<HTMLVideoElement>(`[data-participant="${id}"]`);
        return video ? window.probe.hearTone(video, hertz) : Number.NEGATIVE_INFINITY;
      },
      [participantId, frequency] as const,
    );
  }

  /** Waits until somebody is heard by their tone. */
  async hears(participantId: string, frequency: number): Promise<void> {
    await expect
      .poll(() => this.tone(participantId, frequency), { message: `a tone of ${frequency} Hz` })
      .toBeGreaterThan(10);
  }

  /** Descriptions this page has agreed on so far, over all its links. */
  async negotiations(): Promise<number> {
    return this.page.evaluate(() => window.probe.negotiations());
  }

  /** Peer connections of this page that have not been closed. */
  async openConnections(): Promise<number> {
    return this.page.evaluate(
      () => window.probe.connections.filter(({ connectionState }) => connectionState !== 'closed').length,
    );
  }

  /** Frames of its picture that this page has sent to the relay so far, in all sizes together. */
  async relayFramesSent(): Promise<number> {
    return this.page.evaluate(async () => {
      let frames = 0;
      for (const connection of window.probe.connections) {
        for (const stat of (await connection.getStats()).values()) {
          if (stat.type === 'outbound-rtp' && stat.rid !== undefined) frames += Number(stat.framesSent ?? 0);
        }
      }
      return frames;
    });
  }

  /** Begins to note when each picture brings a new frame. */
  async watchGaps(): Promise<void> {
    await this.page.evaluate(() => {
      window.mesh.longestGap = new Map();
      for (const video of document.querySelectorAll('video')) {
        let last: number | undefined;
        const onFrame = (now: number) => {
          const { longestGap } = window.mesh;
          if (last !== undefined) longestGap.set(video, Math.max(longestGap.get(video) ?? 0, now - last));
          last = now;
          video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
      }
    });
  }

  /** The longest time, in milliseconds, that each picture stood still since this was last asked. */
  async takeGaps(): Promise<number[]> {
    return this.page.evaluate(() => {
      const gaps = [...window.mesh.longestGap.values()];
      window.mesh.longestGap.clear();
      return gaps;
    });
  }
}
