import { clientRequests } from '@meshlift/protocol';

/** What an address takes by HTTP that changes or opens something, as a method and a form of the path. */
const httpDoors = [
  ...['POST /api/streams', 'GET /api/streams/*', 'DELETE /api/streams/*', 'POST /api/streams/*/rotate'],
  ...['whip', 'whep'].flatMap((protocol) => [
    `OPTIONS /${protocol}/*`,
    `POST /${protocol}/*`,
    `PATCH /${protocol}/sessions/*`,
    `DELETE /${protocol}/sessions/*`,
  ]),
  ...['POST /whep/sessions/*/layer', 'DELETE /whep/sessions/*/layer'],
  ...['POST /whep/sessions/*/events', 'GET /whep/sessions/*/events/*'],
];

/** Every request there is. A new one of the protocol is here at once. */
export const doors: readonly string[] = [...Object.keys(clientRequests), ...httpDoors];

const patterns = httpDoors.map((door) => ({
  door,
  pattern: new RegExp(`^${door.replaceAll('*', '(?!sessions/)[^/? ]+')}$`),
}));

/** The door that a request by HTTP comes to; none for pages, and for what is no request of ours. */
export const doorOf = (method: string, target: string): string | undefined =>
  patterns.find(({ pattern }) => pattern.test(`${method} ${target}`))?.door;

/** How often a door was tried, and what came of it. */
export interface Tries {
  sent: number;
  accepted: number;
  /** By code. */
  refused: Map<string, number>;
}

/** What strangers have tried of every door, and how it was answered. */
export class Coverage {
  readonly tries = new Map<string, Tries>(
    doors.map((door) => [door, { sent: 0, accepted: 0, refused: new Map() }]),
  );

  sent(door: string): void {
    const tries = this.tries.get(door);
    if (tries) tries.sent += 1;
  }

  /** @param code of the refusal; left out when it was accepted */
  answered(door: string, code?: string): void {
    const tries = this.tries.get(door);
    if (!tries) return;
    if (code === undefined) tries.accepted += 1;
    else tries.refused.set(code, (tries.refused.get(code) ?? 0) + 1);
  }

  /** A line for each door. */
  table(): string {
    const width = Math.max(...doors.map(({ length }) => length));
    const line = (door: string, ...columns: (string | number)[]) =>
      [door.padEnd(width), ...columns.slice(0, 2).map((text) => `${text}`.padStart(8)), columns[2]].join(
        '  ',
      );
    const lines = [...this.tries].map(([door, { sent, accepted, refused }]) => {
      const codes = [...refused].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
      return line(door, sent, accepted, codes.join(', '));
    });
    return [line('door', 'sent', 'accepted', 'refused'), ...lines].map((text) => text.trimEnd()).join('\n');
  }
}
