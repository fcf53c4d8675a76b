import { describe, expect, it } from 'vitest';
import { type Place, placeAround, placeTiles, type Size } from './tile-layout.ts';

const desktop = { width: 1240, height: 620 };
const phone = { width: 366, height: 610 };

function overlap(a: Place, b: Place): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

function expectToBeSeen(places: Place[], area: Size): void {
  for (const [index, place] of places.entries()) {
    expect(place.left).toBeGreaterThanOrEqual(-0.01);
    expect(place.left + place.width).toBeLessThanOrEqual(area.width + 0.01);
    for (const other of places.slice(index + 1)) expect(overlap(place, other)).toBe(false);
  }
}

describe.each([
  ['on a desktop', desktop],
  ['on a phone', phone],
])('%s', (_, area) => {
  it('places up to 20 tiles of one size, none over another', () => {
    for (let count = 1; count <= 20; count += 1) {
      const { places, height } = placeTiles(area, count);
      expect(places).toHaveLength(count);
      expect(new Set(places.map(({ width }) => width)).size).toBe(1);
      expectToBeSeen(places, area);
      expect(Math.max(...places.map(({ top, height }) => top + height))).toBeLessThanOrEqual(
        Math.max(height, area.height) + 0.01,
      );
    }
  });

  it('gives an enlarged tile more than all others together, up to six of them', () => {
    for (let count = 2; count <= 7; count += 1) {
      const { places } = placeAround(area, count, 1);
      expectToBeSeen(places, area);
      const areas = places.map(({ width, height }) => width * height);
      const large = areas.splice(1, 1)[0] ?? 0;
      expect(large).toBeGreaterThan(areas.reduce((sum, one) => sum + one, 0));
    }
  });
});

it('sets two people beside each other on a desktop and below each other on a phone', () => {
  const [a, b] = placeTiles(desktop, 2).places;
  expect(a?.top).toBe(b?.top);
  const [c, d] = placeTiles(phone, 2).places;
  expect(c?.left).toBe(d?.left);
});

it('scrolls rather than making tiles too small to see', () => {
  const { places, height } = placeTiles(phone, 20);
  expect(places[0]?.width).toBeGreaterThanOrEqual(132);
  expect(height).toBeGreaterThan(phone.height);
});

it('places nothing where there is nothing to place, or no room', () => {
  expect(placeTiles(desktop, 0).places).toEqual([]);
  expect(placeTiles({ width: 0, height: 0 }, 3).places).toEqual([]);
});
