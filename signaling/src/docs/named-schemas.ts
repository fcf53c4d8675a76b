import * as protocol from '@meshlift/protocol';
import type * as z from 'zod/v4/core';

export type Schema = z.$ZodType;

/** A schema that the protocol exports as `streamIdSchema` is called `StreamId` in its documents. */
const names = new Map<unknown, string>(
  Object.entries(protocol)
    .filter(([name]) => name.endsWith('Schema'))
    .map(([name, schema]) => [schema, name.charAt(0).toUpperCase() + name.slice(1, -'Schema'.length)]),
);

export const nameOf = (schema: Schema): string | undefined => names.get(schema);

/** What a schema is made of. The union of all kinds is zod's own list of them. */
export const definitionOf = (schema: Schema) => (schema as z.$ZodTypes)._zod.def;

/** The schemas that stand directly in this one. */
export function partsOf(schema: Schema): Schema[] {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return Object.values(definition.shape);
    case 'array':
      return [definition.element];
    case 'optional':
    case 'catch':
    case 'nullable':
      return [definition.innerType];
    case 'union':
      return [...definition.options];
    case 'record':
      return [definition.keyType, definition.valueType];
    default:
      return [];
  }
}
