import { expect, it } from 'vitest';
import { layerOrder, type SeenLayer } from './layer-order.ts';

const seen = (width: number, bytes = width * 100): SeenLayer => ({
  size: { width, height: (width * 9) / 16 },
  bytes,
});
const absent: SeenLayer = { size: undefined, bytes: 0 };
const unknown: SeenLayer = { size: undefined, bytes: 4_000 };

it.each([
  ['in order', [seen(320), seen(640), seen(1_280)], undefined],
  ['the other way round', [seen(1_280), seen(640), seen(320)], [2, 1, 0]],
  ['mixed', [seen(640), seen(1_280), seen(320)], [2, 0, 1]],
  ['alone', [absent, seen(640), absent], undefined],
  ['not all there, in order', [seen(320), absent, seen(1_280)], undefined],
  ['not all there, the other way round', [seen(1_280), seen(640), absent], [2, 1, 0]],
  ['not all there, mixed', [seen(640), seen(1_280), absent, seen(320)], [3, 0, 2, 1]],
  ['of which one is not known yet', [seen(1_280), seen(640), unknown], undefined],
  ['without any size, by their bit rates', [{ ...unknown, bytes: 9_000 }, absent, unknown], [2, 1, 0]],
  ['of one size, by their bit rates', [seen(640, 9_000), seen(640, 3_000)], [1, 0]],
  ['of one size and about one bit rate', [seen(640, 9_000), seen(640, 8_000)], undefined],
])('puts layers in order that arrive %s', (_, layers, order) => {
  expect(layerOrder(layers)).toEqual(order);
});
