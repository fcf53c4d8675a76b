import { readFileSync } from 'node:fs';
import { clientRequests, createdStreamSchema, serverEvents, streamStatusSchema } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { safeParse } from 'zod/v4/core';
import { messageSections, shapeSection } from './messages.ts';
import { definitionOf, partsOf, type Schema } from './named-schemas.ts';

const PROTOCOL = readFileSync(new URL('../../protocol/PROTOCOL.md', import.meta.url), 'utf8');

/** Every message with every schema it is made of, by the name it goes by in the documents. */
const messages: [string, Schema[]][] = [
  ...Object.entries(clientRequests).map(([name, { payload, reply }]): [string, Schema[]] => [
    name,
    [payload, reply],
  ]),
  ...Object.entries(serverEvents).map(([name, payload]): [string, Schema[]] => [name, [payload]]),
];

function keysOf(schema: Schema): string[] {
  const definition = definitionOf(schema);
  const own = definition.type === 'object' ? Object.keys(definition.shape) : [];
  return [...own, ...partsOf(schema).flatMap(keysOf)];
}

/** What stands in blocks of JSON, line by line. */
const examples = [...messageSections().matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, block = '']) =>
  block.split('\n').map((line) => JSON.parse(line)),
);

describe('the messages in PROTOCOL.md', () => {
  it.each(messages)('%s has every field of its schema', (name, schemas) => {
    expect(PROTOCOL).toContain(`### \`${name}\``);
    for (const key of schemas.flatMap(keysOf)) expect(PROTOCOL).toMatch(new RegExp(`\\b${key}\\??: `));
  });

  it('have examples that both sides would take', () => {
    expect(examples).toHaveLength(messages.length);
    for (const [index, [name, schemas]] of messages.entries()) {
      const [[said, payload], reply] = examples[index] ?? [];
      expect(said).toBe(name);
      const values = schemas.length > 1 ? [payload, reply.data] : [payload];
      for (const [place, value] of values.entries()) {
        const { error } = safeParse(schemas[place] as Schema, value);
        expect(error?.issues, `${name}: ${JSON.stringify(value)}`).toBeUndefined();
      }
    }
  });

  it('write out every shape they name', () => {
    const named = new Set(messageSections().match(/(?<=[:|[(] )[A-Z]\w+(?=\b)/g));
    for (const name of named) expect(shapeSection()).toMatch(new RegExp(`^${name} = `, 'm'));
  });

  it('say in every request but those that begin a session which one it is for', () => {
    const without = Object.entries(clientRequests).filter(
      ([, { payload }]) => !('sessionId' in payload.shape),
    );
    expect(without.map(([name]) => name)).toEqual(['stream:publish', 'stream:watch', 'room:join']);
  });
});

it('the answers of the REST API have every field in PROTOCOL.md', () => {
  for (const key of [createdStreamSchema, streamStatusSchema].flatMap((schema) =>
    Object.keys(schema.shape),
  )) {
    expect(PROTOCOL).toContain(key);
  }
});
