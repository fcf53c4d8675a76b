import type { MediaKind, RoomMode, RoomParticipant } from '@meshlift/protocol';
import { KINDS } from '../mesh/local-media.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { Participant, type StreamChange } from './participant.ts';
import type { RemoteStream } from './remote-stream.ts';

export interface RosterEvents {
  /** Somebody came. Their name follows with `presence`. */
  participant: Participant;
  /** Somebody went, or is the same as one who has come back under another id. */
  left: Participant;
  /** Somebody's name became known, or they muted or unmuted something. */
  presence: Participant;
  /** Somebody's sound or picture has begun: attach it to an element. */
  stream: RemoteStream;
  streamended: RemoteStream;
  /** Somebody said something to everybody. */
  chat: { from: string; name: string; text: string };
}

type RosterEmit = <N extends keyof RosterEvents>(name: N, event: RosterEvents[N]) => void;

/** Who is in the room: those the server tells of, and those whom a link of the mesh still reaches. */
export class Roster {
  readonly #mesh: Mesh;
  readonly #emit: RosterEmit;
  readonly #participants = new Map<string, Participant>();
  #path: RoomMode = 'mesh';

  constructor(mesh: Mesh, emit: RosterEmit) {
    this.#mesh = mesh;
    this.#emit = emit;
    mesh.on('media', ({ participantId, media }) => {
      const participant = this.#participants.get(participantId);
      if (participant) this.#announce(participant.setMedia('mesh', media));
    });
    mesh.on('presence', ({ participantId, presence }) => {
      const participant = this.#participants.get(participantId);
      participant?.setPresence(presence);
      if (participant) this.#emit('presence', participant);
    });
    mesh.on('chat', ({ participantId: from, text }) => {
      const participant = this.#participants.get(from);
      if (participant) this.#emit('chat', { from, name: participant.name, text });
    });
    mesh.on('gone', ({ participantId }) => this.#remove(participantId));
  }

  get participants(): Participant[] {
    return [...this.#participants.values()];
  }

  /** What comes from somebody over the relay. */
  setRelayMedia(participantId: string, media: MediaStream | undefined): void {
    const participant = this.#participants.get(participantId);
    if (participant) this.#announce(participant.setMedia('sfu', media));
  }

  /** Shows everybody by this path from now on, those included who come later. */
  showAll(path: RoomMode): void {
    this.#path = path;
    for (const participant of this.#participants.values()) {
      for (const kind of KINDS) this.setPath(participant, kind, path);
    }
  }

  /** Shows somebody's sound or picture by this path from now on. */
  setPath(participant: Participant, kind: MediaKind, path: RoomMode): void {
    this.#announce(participant.setPath(kind, path));
  }

  has(participantId: string): boolean {
    return this.#participants.has(participantId);
  }

  /** Takes over who is there by the server's account. @param greet for each one this page did not know */
  update(present: readonly RoomParticipant[], greet: (participantId: string) => void): void {
    const ids = new Set(present.map(({ participantId }) => participantId));
    for (const participantId of this.#participants.keys()) {
      if (!ids.has(participantId)) this.#mesh.left(participantId);
    }
    for (const participant of present) this.add(participant, greet);
  }

  add({ participantId, host }: RoomParticipant, greet: (participantId: string) => void): void {
    const known = this.#participants.get(participantId);
    known?.setHost(host);
    if (!known) {
      const participant = new Participant(participantId, host, this.#path);
      this.#participants.set(participantId, participant);
      this.#emit('participant', participant);
    }
    greet(participantId);
  }

  /** These are the hosts now, and nobody else. */
  setHosts(hosts: readonly string[]): void {
    for (const participant of this.#participants.values()) {
      participant.setHost(hosts.includes(participant.participantId));
    }
  }

  #remove(participantId: string): void {
    const participant = this.#participants.get(participantId);
    if (!participant) return;
    this.#participants.delete(participantId);
    this.#announce(participant.setMedia('sfu', undefined));
    this.#announce(participant.setMedia('mesh', undefined));
    this.#emit('left', participant);
  }

  #announce({ begun, ended }: StreamChange): void {
    if (begun) this.#emit('stream', begun);
    if (ended) this.#emit('streamended', ended);
  }
}
