import type { MediaKind, RoomMode } from '@meshlift/protocol';
import type { LiftedRoster } from '../lift/lifted-room.ts';
import { KINDS } from '../mesh/local-media.ts';
import { Participant } from '../rooms/participant.ts';
import type { RemoteStream } from '../rooms/remote-stream.ts';
import type { MeshAdapter } from './mesh-adapter.ts';

/** What the roster tells of an application's peers. */
export interface AttachedRosterListener {
  begun(peerId: string, stream: RemoteStream): void;
  ended(peerId: string, stream: RemoteStream): void;
}

/**
 * The peers of an application's mesh, each with what comes from it by either path. The application and the
 * server know the same person by different ids: a peer takes part in switches once the two have been matched.
 */
export class AttachedRoster implements LiftedRoster {
  readonly #mesh: MeshAdapter;
  readonly #listener: AttachedRosterListener;
  readonly #peers = new Map<string, Participant>();
  /** Peer ids by participant ids. */
  readonly #matches = new Map<string, string>();
  #path: RoomMode = 'mesh';

  constructor(mesh: MeshAdapter, listener: AttachedRosterListener) {
    this.#mesh = mesh;
    this.#listener = listener;
  }

  /** Those of the peers that the server knows as well, and those it knows whose connection is yet to come. */
  get participants(): Participant[] {
    return [...this.#peers.values()].filter(({ participantId }) => participantId !== '');
  }

  /** Peers of whom the server does not know: a relay would not reach them. */
  get strangers(): string[] {
    return [...this.#mesh.peers.keys()].filter((peerId) => !this.#peers.get(peerId)?.participantId);
  }

  /** Participants to whom the application has no connection at the moment. */
  get unreached(): string[] {
    return this.participants.flatMap(({ participantId }) =>
      this.#mesh.peers.has(this.#matches.get(participantId) ?? '') ? [] : [participantId],
    );
  }

  streamOf(peerId: string): RemoteStream | undefined {
    return this.#peers.get(peerId)?.stream;
  }

  /** Takes over who is connected, and what comes from whom, as the application's mesh has it now. */
  update(): void {
    for (const [peerId, media] of this.#mesh.peers) {
      const peer = this.#peer(peerId);
      const has = (kind: MediaKind) => media.getTracks().some((track) => track.kind === kind);
      const sending = (kind: MediaKind) => (has(kind) ? 'sent' : 'none');
      peer.setPresence({
        kind: 'presence',
        stay: peerId,
        name: '',
        audio: sending('audio'),
        video: sending('video'),
      });
      this.#announce(peerId, peer.setMedia('mesh', media));
    }
    for (const [peerId, peer] of this.#peers) {
      if (this.#mesh.peers.has(peerId)) continue;
      this.#announce(peerId, peer.setMedia('mesh', undefined));
      if (peer.participantId === '') this.#peers.delete(peerId);
    }
  }

  /** A participant has said by what id the application knows it. */
  match(participantId: string, peerId: string): void {
    const peer = this.#peer(peerId);
    this.#matches.delete(peer.participantId);
    this.#matches.set(participantId, peerId);
    peer.rename(participantId);
  }

  /** The server counts somebody out. Their connection may go on: it is the application's. */
  unmatch(participantId: string): void {
    const peerId = this.#matches.get(participantId);
    const peer = peerId === undefined ? undefined : this.#peers.get(peerId);
    this.#matches.delete(participantId);
    if (!peer || peerId === undefined) return;
    this.#announce(peerId, peer.setMedia('sfu', undefined));
    peer.rename('');
    this.update();
  }

  /** Who is there by the server's account. @returns ids of those who have not said yet who they are */
  retain(present: ReadonlySet<string>): void {
    for (const participantId of [...this.#matches.keys()]) {
      if (!present.has(participantId)) this.unmatch(participantId);
    }
  }

  has(participantId: string): boolean {
    return this.#matches.has(participantId);
  }

  setRelayMedia(participantId: string, media: MediaStream | undefined): void {
    const peerId = this.#matches.get(participantId);
    const peer = peerId === undefined ? undefined : this.#peers.get(peerId);
    if (peer && peerId !== undefined) this.#announce(peerId, peer.setMedia('sfu', media));
  }

  setPath(participant: Participant, kind: MediaKind, path: RoomMode): void {
    const peerId = this.#matches.get(participant.participantId);
    if (peerId !== undefined) this.#announce(peerId, participant.setPath(kind, path));
  }

  showAll(path: RoomMode): void {
    this.#path = path;
    for (const [peerId, peer] of this.#peers) {
      for (const kind of KINDS) this.#announce(peerId, peer.setPath(kind, path));
    }
  }

  #peer(peerId: string): Participant {
    const known = this.#peers.get(peerId);
    if (known) return known;
    const peer = new Participant('', false, this.#path);
    this.#peers.set(peerId, peer);
    return peer;
  }

  #announce(peerId: string, { begun, ended }: { begun?: RemoteStream; ended?: RemoteStream }): void {
    if (begun) this.#listener.begun(peerId, begun);
    if (ended) this.#listener.ended(peerId, ended);
  }
}
