import { readFileSync } from 'node:fs';
import { clientRequests, serverEvents } from '@meshlift/protocol';
import { nameOf, type Schema } from './named-schemas.ts';
import { exampleOf } from './schema-example.ts';
import { contentOf, namedIn, textOf } from './schema-text.ts';

const SOURCE = new URL('../../protocol/src/events.ts', import.meta.url);

/** What the protocol's source says of each message, in the comment above it; requests and events may share a name. */
function comments(): { requests: Map<string, string>; events: Map<string, string> } {
  const [requests = '', events = ''] = readFileSync(SOURCE, 'utf8').split(/^export const serverEvents/m);
  const read = (source: string) =>
    new Map(
      [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([\w:]+)':/g)].map(
        ([, comment = '', name = '']) => [
          name,
          comment
            .replace(/^\s*\*? ?/gm, ' ')
            .replace(/\s+/g, ' ')
            .trim(),
        ],
      ),
    );
  return { requests: read(requests), events: read(events) };
}

const shown = (label: string, schema: Schema) =>
  `${label.padEnd(8)} ${textOf(schema).replaceAll('\n', `\n${' '.repeat(9)}`)}`;

function section(title: string, about: string | undefined, code: string[], example: string[]): string {
  return [
    `### ${title}`,
    ...(about ? [about] : []),
    `\`\`\`ts\n${code.join('\n')}\n\`\`\``,
    `\`\`\`json\n${example.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

const json = (value: unknown) => JSON.stringify(value);

/** Every message with its payload, its reply and an example, as PROTOCOL.md shows them. */
export function messageSections(): string {
  const about = comments();
  const requests = Object.entries(clientRequests).map(([name, { payload, reply }]) =>
    section(
      `\`${name}\`, client to server`,
      about.requests.get(name),
      [shown('payload', payload), shown('reply', reply)],
      [json([name, exampleOf(payload)]), json({ data: exampleOf(reply) })],
    ),
  );
  const events = Object.entries(serverEvents).map(([name, payload]) =>
    section(
      `\`${name}\`, server to client`,
      about.events.get(name),
      [shown('payload', payload)],
      [json([name, exampleOf(payload)])],
    ),
  );
  return [...requests, ...events].join('\n\n');
}

/** The shapes that messages have in common, as PROTOCOL.md shows them. */
export function shapeSection(): string {
  const used = [
    ...Object.values(clientRequests).flatMap(({ payload, reply }) => [payload, reply]),
    ...Object.values(serverEvents),
  ];
  const shapes = namedIn(used).map((schema) => `${nameOf(schema)} = ${contentOf(schema)}`);
  return `\`\`\`ts\n${shapes.toSorted((a, b) => a.localeCompare(b)).join('\n\n')}\n\`\`\``;
}
