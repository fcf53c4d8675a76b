import type { PictureSize } from './vp8-key-frame.ts';

/** What has been seen of one simulcast layer within the same time as of the others. */
export interface SeenLayer {
  /** Of its pictures; `undefined` until a key frame has come. */
  size: PictureSize | undefined;
  bytes: number;
}

/** Layers of one size differ in their bit rate. Less than this may be chance. */
const CLEARLY_MORE = 1.5;

/**
 * The order in which simulcast layers belong, from the smallest picture to the largest, by what arrives of them.
 * Viewers are given the last that their network carries, so that a wrong order leaves the best line with the smallest
 * picture.
 *
 * @param layers as they are ordered now
 * @returns the places they have now in the order they belong in; `undefined` when they are in order, or when of a
 *   layer that arrives the size is not known yet
 */
export function layerOrder(layers: readonly SeenLayer[]): number[] | undefined {
  const places = layers.map((_, place) => place);
  const active = places.filter((place) => (layers[place]?.bytes ?? 0) > 0);
  // Parameter sets of H.264 may come by SDP alone: then no layer has a size, and bit rates have to do.
  const sized = active.filter((place) => layers[place]?.size !== undefined);
  if (sized.length > 0 && sized.length < active.length) return undefined;
  const sorted = active.toSorted((one, other) => compare(layers[one], layers[other]) || one - other);
  if (sorted.every((place, index) => place === active[index])) return undefined;
  // Who names all layers the other way round does so with those that do not arrive yet.
  const isReversed = sorted.every((place, index) => place === active.at(-1 - index));
  if (isReversed) return places.toReversed();
  const inOrder = sorted.values();
  return places.map((place) => (active.includes(place) ? (inOrder.next().value ?? place) : place));
}

function compare(one: SeenLayer | undefined, other: SeenLayer | undefined): number {
  if (!one || !other) return 0;
  const difference = area(one.size) - area(other.size);
  if (difference !== 0) return difference;
  const [less, more] = [Math.min(one.bytes, other.bytes), Math.max(one.bytes, other.bytes)];
  return more > less * CLEARLY_MORE ? one.bytes - other.bytes : 0;
}

const area = (size: PictureSize | undefined) => (size ? size.width * size.height : 0);
