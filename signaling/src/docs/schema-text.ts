import type * as z from 'zod/v4/core';
import { definitionOf, nameOf, partsOf, type Schema } from './named-schemas.ts';

/** What is longer is broken into lines. */
const LINE = 100;

/** How a schema is written in the documents: as TypeScript writes types, with limits in words. */
export function textOf(schema: Schema): string {
  return nameOf(schema) ?? contentOf(schema);
}

/** As `textOf`, but a schema that has a name is written out, too. */
export function contentOf(schema: Schema): string {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return objectText(definition.shape);
    case 'array':
      return `${inBrackets(textOf(definition.element))}[]${limits(definition.checks, 'items')}`;
    case 'optional':
    case 'catch':
      return textOf(definition.innerType);
    case 'nullable':
      return `${textOf(definition.innerType)} | null`;
    case 'union':
      return definition.options.map(textOf).join(definition.options.some(isObject) ? '\n| ' : ' | ');
    case 'record':
      return `{ [name: string]: ${textOf(definition.valueType)} }`;
    case 'enum':
      return Object.values(definition.entries)
        .map((value) => `'${value}'`)
        .join(' | ');
    case 'literal':
      return definition.values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(' | ');
    case 'string':
      return `string${limits(definition.checks, 'characters')}`;
    case 'number':
      return `${'format' in definition ? 'integer' : 'number'}${limits(definition.checks, '')}`;
    case 'boolean':
    case 'null':
      return definition.type;
    default:
      throw new Error(`the documents have no words for a schema of the kind "${definition.type}"`);
  }
}

/** All schemas with a name that stand in these, each once, in the order they are met. */
export function namedIn(schemas: readonly Schema[]): Schema[] {
  const met = new Set<Schema>();
  const visit = (schema: Schema) => {
    if (met.has(schema)) return;
    if (nameOf(schema) !== undefined) met.add(schema);
    partsOf(schema).forEach(visit);
  };
  schemas.forEach(visit);
  return [...met];
}

const isObject = (schema: Schema) => nameOf(schema) === undefined && definitionOf(schema).type === 'object';

const inBrackets = (text: string) => (text.includes(' | ') || / \(/.test(text) ? `(${text})` : text);

function objectText(shape: Record<string, Schema>): string {
  const fields = Object.entries(shape).map(([name, schema]) => {
    const { type } = definitionOf(schema);
    return `${name}${type === 'optional' ? '?' : ''}: ${textOf(schema)}`;
  });
  if (fields.length === 0) return '{ }';
  const line = `{ ${fields.join(', ')} }`;
  if (line.length <= LINE && !line.includes('\n')) return line;
  return `{\n${fields.map((field) => `  ${field.replaceAll('\n', '\n  ')}`).join('\n')}\n}`;
}

/** The limits of a length or a value, in brackets. */
function limits(checks: readonly z.$ZodCheck<never>[] = [], unit: string): string {
  let least: number | undefined;
  let most: number | undefined;
  const patterns: string[] = [];
  for (const check of checks) {
    const definition = (check as z.$ZodChecks)._zod.def;
    if (definition.check === 'min_length') least = definition.minimum;
    if (definition.check === 'max_length') most = definition.maximum;
    if (definition.check === 'greater_than') least = Number(definition.value);
    if (definition.check === 'less_than') most = Number(definition.value);
    if (definition.check === 'string_format' && 'pattern' in definition && definition.pattern) {
      patterns.push(`matching ${definition.pattern}`);
    }
  }
  const range =
    least !== undefined && most !== undefined
      ? [`${least} to ${most} ${unit}`]
      : most !== undefined
        ? [`at most ${most} ${unit}`]
        : least !== undefined
          ? [`at least ${least} ${unit}`]
          : [];
  const all = [...range, ...patterns].map((words) => words.trim());
  return all.length > 0 ? ` (${all.join(', ')})` : '';
}
