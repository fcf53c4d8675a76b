import { describe, expect, it } from 'vitest';
import { MeshliftError } from '../index.ts';
import { idOf, isMarked, readCommand, readEvent } from './embed-messages.ts';

const codeOf = (data: unknown) => {
  try {
    readCommand(data);
    return 'taken';
  } catch (error) {
    return error instanceof MeshliftError ? error.code : 'thrown';
  }
};

describe('what a page says to the player in its frame', () => {
  it.each([
    { command: 'mute' },
    { command: 'unmute' },
    { command: 'volume', volume: 0.25 },
    { command: 'quality', quality: 'auto' },
    { command: 'quality', quality: 2 },
    { command: 'getState' },
    { command: 'getStats', id: 7 },
  ])('is taken: %j', (body) => {
    const message = { meshlift: 1, ...body };
    expect(readCommand(message)).toEqual(message);
  });

  it.each([
    ['PROTOCOL_VERSION', { meshlift: 2, command: 'mute' }],
    ['PROTOCOL_VERSION', { meshlift: '1', command: 'mute' }],
    ['UNKNOWN_REQUEST', { meshlift: 1, command: 'selfDestruct' }],
    ['UNKNOWN_REQUEST', { meshlift: 1, command: 'constructor' }],
    ['BAD_REQUEST', { meshlift: 1 }],
    ['BAD_REQUEST', { meshlift: 1, command: 1 }],
    ['BAD_REQUEST', { meshlift: 1, command: 'volume' }],
    ['BAD_REQUEST', { meshlift: 1, command: 'volume', volume: 1.01 }],
    ['BAD_REQUEST', { meshlift: 1, command: 'volume', volume: Number.NaN }],
    ['BAD_REQUEST', { meshlift: 1, command: 'quality', quality: 'best' }],
    ['BAD_REQUEST', { meshlift: 1, command: 'quality', quality: 0.5 }],
    ['BAD_REQUEST', { meshlift: 1, command: 'quality', quality: 8 }],
    ['BAD_REQUEST', { meshlift: 1, command: 'mute', id: 'one' }],
    ['BAD_REQUEST', 'mute'],
    ['BAD_REQUEST', null],
  ])('is refused with %s: %j', (code, message) => {
    expect(codeOf(message)).toBe(code);
  });

  it('is told from what others post', () => {
    expect([undefined, null, 'meshlift', 1, {}, [], { source: 'devtools' }].filter(isMarked)).toEqual([]);
    expect(isMarked({ meshlift: 'anything' })).toBe(true);
  });

  it('has an id that an error can carry, whatever else is wrong with it', () => {
    expect(idOf({ meshlift: 9, id: 3, command: {} })).toBe(3);
    for (const id of [undefined, -1, 1.5, '1', {}]) expect(idOf({ id })).toBeUndefined();
  });
});

describe('what the player says to the page around it', () => {
  it('is read, and nothing else is', () => {
    const volume = { meshlift: 1, event: 'volume', muted: true, volume: 0.5 };
    expect(readEvent(volume)).toEqual(volume);
    for (const other of [
      { ...volume, meshlift: 2 },
      { ...volume, muted: 'yes' },
      { ...volume, event: 'x' },
      null,
    ]) {
      expect(readEvent(other)).toBeUndefined();
    }
  });
});
