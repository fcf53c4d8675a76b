/**
 * Reads bits, the highest of each byte first. Past the end it reads zeros and says so by `exhausted`, so that
 * a parser of hostile bytes may read on and judge once, at its end.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  #exhausted = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether more was read than there was, or a number that no valid stream holds. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** @param count 0 to 32 */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) {
        this.#exhausted = true;
        return 0;
      }
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  /** An unsigned exp-Golomb number: ue(v) of ITU-T H.264, section 9.1. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 31 || this.#exhausted) {
        this.#exhausted = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed exp-Golomb number: se(v) of ITU-T H.264, section 9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
