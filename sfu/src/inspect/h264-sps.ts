import { BitReader } from './bit-reader.ts';
import { type NalUnit, withoutEmulationPrevention } from './h264-payload.ts';

/** What a sequence parameter set says of the pictures that follow it. */
export interface SequenceParameters {
  profileIdc: number;
  /** `constraint_set0_flag` in the highest bit, the others after it. */
  constraints: number;
  /** Ten times the level: 31 is level 3.1. */
  levelIdc: number;
  /** In pixels, after cropping. */
  width: number;
  height: number;
}

const SPS = 7;

/** Profiles whose parameter sets tell of chroma and bit depth: ITU-T H.264, section 7.3.2.1.1. */
const WITH_CHROMA = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);

/** More than level 6.2 allows in either direction (ITU-T H.264, section A.3.1, with 139264 macroblocks). */
const LONGEST_SIDE = 16_896;

/** Reads a parameter set (ITU-T H.264, section 7.3.2.1.1); `undefined` for what is none, or is cut off. */
export function readSequenceParameters(unit: NalUnit): SequenceParameters | undefined {
  if (unit.type !== SPS) return undefined;
  const reader = new BitReader(withoutEmulationPrevention(unit.body));
  const profileIdc = reader.bits(8);
  const constraints = reader.bits(8);
  const levelIdc = reader.bits(8);
  reader.ue();
  const chroma = WITH_CHROMA.has(profileIdc) ? readChroma(reader) : { format: 1, separatePlanes: false };
  reader.ue();
  skipPictureOrder(reader);
  reader.ue();
  reader.flag();
  const columns = reader.ue() + 1;
  const mapUnits = reader.ue() + 1;
  const framesOnly = reader.flag();
  if (!framesOnly) reader.flag();
  reader.flag();
  const crop = reader.flag() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  if (reader.exhausted || chroma.format > 3) return undefined;

  const fields = framesOnly ? 1 : 2;
  const subsampled = chroma.separatePlanes ? 0 : chroma.format;
  const unitX = subsampled === 1 || subsampled === 2 ? 2 : 1;
  const unitY = (subsampled === 1 ? 2 : 1) * fields;
  const width = columns * 16 - unitX * (left + right);
  const height = mapUnits * 16 * fields - unitY * (top + bottom);
  if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE) return undefined;
  return { profileIdc, constraints, levelIdc, width, height };
}

function readChroma(reader: BitReader): { format: number; separatePlanes: boolean } {
  const format = reader.ue();
  const separatePlanes = format === 3 && reader.flag();
  reader.ue();
  reader.ue();
  reader.flag();
  if (reader.flag()) {
    const lists = format === 3 ? 12 : 8;
    for (let list = 0; list < lists; list += 1) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return { format, separatePlanes };
}

/** ITU-T H.264, section 7.3.2.1.1.1. */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size && next !== 0; i += 1) {
    next = (last + reader.se() + 256) & 0xff;
    last = next === 0 ? last : next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.ue();
  if (type === 0) reader.ue();
  if (type !== 1) return;
  reader.flag();
  reader.se();
  reader.se();
  const cycle = Math.min(reader.ue(), 255);
  for (let i = 0; i < cycle && !reader.exhausted; i += 1) reader.se();
}
