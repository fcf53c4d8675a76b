import { BitReader } from './bit-reader.ts';
import { type NalUnit, withoutEmulationPrevention } from './h264-payload.ts';

export type SliceType = 'P' | 'B' | 'I' | 'SP' | 'SI';

/** In the order of ITU-T H.264, table 7-6; 5 to 9 say the same of all slices of the picture. */
const SLICE_TYPES: readonly SliceType[] = ['P', 'B', 'I', 'SP', 'SI'];

/** The two numbers that are read take at most 31 bits each in any valid picture. */
const HEADER_BYTES = 16;

/** The type of a slice by its header (ITU-T H.264, section 7.3.3); `undefined` for what is no slice. */
export function sliceTypeOf({ type, body }: NalUnit): SliceType | undefined {
  // 1 is a slice, 2 the first partition of one, 5 a slice of an IDR picture.
  if (type !== 1 && type !== 2 && type !== 5) return undefined;
  const reader = new BitReader(withoutEmulationPrevention(body, HEADER_BYTES));
  reader.ue();
  const sliceType = reader.ue();
  if (reader.exhausted || sliceType > 9) return undefined;
  return SLICE_TYPES[sliceType % 5];
}
