import type { MemoryEngine } from '@meshlift/cluster';
import type { EventName, EventPayload } from '@meshlift/protocol';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { onTestFinished, vi } from 'vitest';
import { Departures } from '../cluster/departures.ts';
import { Nodes } from '../cluster/nodes.ts';
import { followMediaEvents } from '../sessions/media-events.ts';
import { PathFailures } from '../sessions/path-failures.ts';
import type { Client } from '../sessions/session.ts';
import { SessionRegistry } from '../sessions/session-registry.ts';
import { SessionTokens } from '../sessions/session-tokens.ts';
import { Streams } from '../streams/streams.ts';
import { NativePeer } from './native-peer.ts';
import { type TestDoor, testCluster } from './test-cluster.ts';

/** A client without a connection, which keeps what it is sent. */
export class RecordedClient implements Client {
  readonly baseUrl = 'http://door.test';
  readonly tokenKind = 'session';
  readonly events: { name: EventName; payload: unknown }[] = [];

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    this.events.push({ name, payload });
  }

  forget(): void {}

  drop(): void {}

  all<N extends EventName>(name: N): EventPayload<N>[] {
    return this.events
      .filter((event) => event.name === name)
      .map(({ payload }) => payload as EventPayload<N>);
  }
}

export interface StreamDoorOptions {
  graceSeconds?: number;
  openClaims?: boolean;
  /** The doors whose media nodes each of them uses, by their numbers. @default its own */
  mediaOf?: (door: number) => number[];
}

/** A door of a cluster with nothing but its streams. */
export class StreamDoor {
  readonly door: TestDoor;
  readonly nodes: Nodes;
  readonly streams: Streams;
  readonly sessions: SessionRegistry;

  /** @param media the doors whose media nodes it uses */
  constructor(
    door: TestDoor,
    media: readonly TestDoor[],
    { graceSeconds = 10, openClaims = true }: StreamDoorOptions,
  ) {
    this.door = door;
    const { cluster, local, remote, logger, registry } = door;
    const { self } = cluster;
    const sessions = new SessionRegistry(new SessionTokens(cluster));
    this.sessions = sessions;
    const departures = new Departures(cluster.directory);
    const { routerRtpCapabilities } = local;
    const nodes = new Nodes({ routerRtpCapabilities, self });
    const facts = { region: '', state: 'up', load: 0 } as const;
    for (const { cluster } of media) {
      const process = cluster.self;
      const adoption = process === self ? door.server : remote.get(process);
      const node = process === self ? local : remote.get(process);
      if (node) nodes.add({ process, node, adoption, facts });
    }
    departures.on((process) => {
      door.server.orphan(process);
      remote.get(process)?.lose();
      cluster.delivery.forget(process);
    });
    departures.on((process) => nodes.remove(process));
    this.nodes = nodes;
    this.streams = new Streams({
      ...{ node: nodes, cluster, departures, sessions, logger, registry, graceSeconds, openClaims },
      maxStreams: 100,
    });
    followMediaEvents(nodes, sessions, new PathFailures(logger, registry));
    onTestFinished(async () => {
      await this.streams.close();
      departures.close();
    });
  }

  get self(): string {
    return this.door.cluster.self;
  }

  /** Publishes audio for real. */
  async goLive({ streamId, publishKey }: { streamId: string; publishKey: string }) {
    const client = new RecordedClient();
    const stream = await this.streams.claim(streamId, publishKey);
    const { session, opened } = await this.streams.publish(stream, client, {});
    const peer = await NativePeer.create(opened.transport);
    await this.nodes.connectTransport(session.id, peer.dtlsParameters);
    await this.nodes.openProducer(session.id, { kind: 'audio', rtpParameters: opusAudio(), paused: false });
    await peer.connect();
    await vi.waitFor(() => {
      if (stream.state !== 'live') throw new Error(`The stream is ${stream.state}`);
    });
    return { client, session, stream, peer };
  }

  async watch(streamId: string) {
    const client = new RecordedClient();
    const viewers = await this.streams.getWatchable(streamId);
    const terms = { rtpCapabilities: viewerCapabilities() };
    return { client, ...(await viewers.watch(client, terms)) };
  }

  /** The code of the error that somebody is answered who wants to watch. */
  async refusal(streamId: string): Promise<string> {
    return await this.watch(streamId).then(
      () => 'not refused',
      (error) => error.code,
    );
  }
}

/** Doors that share nothing but an engine in memory, each with a media node and streams of its own. */
export async function streamDoors(
  count: number,
  options: StreamDoorOptions = {},
): Promise<{ engine: MemoryEngine; doors: StreamDoor[] }> {
  const { engine, doors } = await testCluster(count);
  const mediaOf = options.mediaOf ?? ((door) => [door]);
  const started = doors.map((door, index) => {
    const media = mediaOf(index).flatMap((other) => doors[other] ?? []);
    return new StreamDoor(door, media, options);
  });
  await vi.waitFor(() => {
    for (const { cluster } of doors) {
      if (cluster.directory.nodes.length < count) throw new Error('They do not know each other');
    }
  });
  return { engine, doors: started };
}
