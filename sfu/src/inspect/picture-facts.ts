import { nalUnitsOf } from './h264-payload.ts';
import { sliceTypeOf } from './h264-slice.ts';
import { readSequenceParameters, type SequenceParameters } from './h264-sps.ts';
import { type PictureSize, readVp8KeyFrame } from './vp8-key-frame.ts';
import { readVp9KeyFrame } from './vp9-key-frame.ts';

/** What the payloads of a producer's packets tell of its pictures, over all of its layers. */
export class PictureFacts {
  readonly #codec: string;
  #size: PictureSize | undefined;
  #sequence: SequenceParameters | undefined;
  #slices = 0;
  #bSlices = 0;

  /** @param codec as in its MIME type: `H264`, `VP8`; of those that are not known nothing is told */
  constructor(codec: string) {
    this.#codec = codec.toUpperCase();
  }

  /** The size of the largest picture seen. */
  get size(): PictureSize | undefined {
    return this.#size;
  }

  /** What the parameter set of the largest picture seen says; H.264 alone has one. */
  get sequence(): SequenceParameters | undefined {
    return this.#sequence;
  }

  /** How many slices were seen, and how many of them were B; H.264 alone. */
  get slices(): { seen: number; b: number } {
    return { seen: this.#slices, b: this.#bSlices };
  }

  /** @param payload of one RTP packet */
  add(payload: Uint8Array): void {
    if (this.#codec === 'H264') this.#addH264(payload);
    else if (this.#codec === 'VP8') this.#addSize(readVp8KeyFrame(payload));
    else if (this.#codec === 'VP9') this.#addSize(readVp9KeyFrame(payload));
  }

  #addH264(payload: Uint8Array): void {
    for (const unit of nalUnitsOf(payload)) {
      const sequence = readSequenceParameters(unit);
      if (sequence && this.#addSize(sequence)) this.#sequence = sequence;
      const slice = sliceTypeOf(unit);
      if (!slice) continue;
      this.#slices += 1;
      if (slice === 'B') this.#bSlices += 1;
    }
  }

  /** @returns whether this is the largest so far, or as large */
  #addSize(size: PictureSize | undefined): boolean {
    if (!size) return false;
    const { width, height } = size;
    if (this.#size && width * height < this.#size.width * this.#size.height) return false;
    this.#size = { width, height };
    return true;
  }
}
