import { definitionOf, nameOf, type Schema } from './named-schemas.ts';

/** Values for schemas with a name. */
const byName: Record<string, unknown> = {
  StreamId: 'Rk7vQ2mXc9LtB4nWd8HsYz',
  PublishKey: 'p3XkT9vQ0aLmZ7cRw2Ny5BdJf8HsUe1Go4Ki6MtPqSx',
  HostKey: 'h8WdS2nYc5BvQ9xLr3Mt7KzGf0JpUa4Ei6Ho1RkTqVx',
  HostHash: 'qQ5wLr8cX0vT2mZn7Yb4KdS1fJ9hGe3Ua6Po-RiBk_M',
  RoomId: 'kitchen',
  ParticipantId: 'Ada5uX0bYq7Lw3Rn9TkZ2c',
  SessionId: 'AcH3kq9vTq1Ld6Rw0Nz5YcKmB8',
  MediaKind: 'video',
  MediaId: '0f9d2c1e-7a54-4c39-9b1f-3e8a6d5b7c20',
};

/** Values for fields that have no schema of their own. */
const byField: Record<string, unknown> = {
  mimeType: 'video/VP8',
  clockRate: 90_000,
  payloadType: 101,
  preferredPayloadType: 101,
  codecPayloadType: 101,
  type: 'nack',
  parameter: 'pli',
  parameters: {},
  uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  direction: 'sendrecv',
  ssrc: 305_419_896,
  rid: 'r0',
  mid: '0',
  msid: 'stream track',
  cname: 'wY3n',
  scalabilityMode: 'L1T3',
  maxBitrate: 1_200_000,
  usernameFragment: 'kq3vX1',
  password: 'Zt5cW8nQ0bLrY2mD7xKs4V',
  foundation: 'udpcandidate',
  priority: 1_076_302_079,
  ip: '203.0.113.7',
  address: '203.0.113.7',
  port: 44_400,
  algorithm: 'sha-256',
  value: '4A:9F:C1:07',
  producerPaused: false,
  urls: ['turn:turn.example.org?transport=udp'],
  username: '1795003200:Vb3k9QxT0aLm',
  credential: 'b3Jkc2VjcmV0IGhlcmU=',
  watchUrl: 'https://live.example.org/watch/Rk7vQ2mXc9LtB4nWd8HsYz',
  embedUrl: 'https://live.example.org/embed/Rk7vQ2mXc9LtB4nWd8HsYz',
  whipUrl: 'https://live.example.org/whip/Rk7vQ2mXc9LtB4nWd8HsYz',
  whepUrl: 'https://live.example.org/whep/Rk7vQ2mXc9LtB4nWd8HsYz',
  viewers: 12,
  epoch: 3,
  gapMs: 33,
  spatialLayers: 3,
  temporalLayers: 3,
  signal: 'text that only the two understand',
  reason: 'no connection in time',
  code: 'MEDIA_FAILED',
  message: 'The media path was lost. Join again.',
};

/** What is there in other cases than the one that the rest of the values are of: sound, TCP. */
const leftOut = new Set(['channels', 'tcpType', 'preferredEncrypt', 'encrypt', 'dtx']);

/** Candidates have their own sense of fields that codecs have, too. */
const inCandidate: Record<string, unknown> = { type: 'host', protocol: 'udp' };

/** A message as it may look. Of lists it has one item, and of several forms the first. */
export function exampleOf(schema: Schema, field?: string): unknown {
  const name = nameOf(schema);
  if (name !== undefined && Object.hasOwn(byName, name)) return byName[name];
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return objectExample(definition.shape);
    case 'optional':
    case 'nullable':
    case 'catch':
      return exampleOf(definition.innerType, field);
    case 'array':
      return [field === 'spatialLayers' ? 0 : exampleOf(definition.element)];
    default:
      if (field !== undefined && Object.hasOwn(byField, field)) return byField[field];
  }
  switch (definition.type) {
    case 'union':
      return definition.options[0] && exampleOf(definition.options[0], field);
    case 'record':
      return {};
    case 'enum':
      return Object.values(definition.entries)[0];
    case 'literal':
      return definition.values[0];
    case 'boolean':
      return true;
    case 'number':
      return 1;
    case 'string':
      return 'text';
    default:
      return null;
  }
}

function objectExample(shape: Record<string, Schema>): unknown {
  const own = 'foundation' in shape ? inCandidate : {};
  return Object.fromEntries(
    Object.entries(shape)
      .filter(([field]) => !leftOut.has(field))
      .map(([field, schema]) => [field, own[field] ?? exampleOf(schema, field)]),
  );
}
