import { expect, test } from 'vitest';
import { pictureDelays } from './picture-delays.ts';

test('a picture is as late as it was seen after it was drawn, by one clock', () => {
  const drawn: [number, number][] = [
    [7, 1_000],
    [8, 1_033],
    [9, 1_067],
  ];
  expect(
    pictureDelays(
      drawn,
      [
        [7, 1_040],
        [8, 1_080],
      ],
      0,
    ),
  ).toEqual([40, 47]);
  expect(pictureDelays(drawn, [[7, 1_040]], 5)).toEqual([45]);
});

test('one that was seen twice counts once, one of which nothing is known not at all', () => {
  const seen: [number, number][] = [
    [3, 900],
    [7, 1_040],
    [7, 1_060],
  ];
  expect(pictureDelays([[7, 1_000]], seen, 0)).toEqual([40]);
});
