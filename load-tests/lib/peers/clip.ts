/** One encoded picture. */
export interface Frame {
  data: Buffer;
  /** Whether it can be decoded without those before it. */
  key: boolean;
}

/** Video as an encoder made it, VP8. It begins with a key frame, and every other frame needs all before it. */
export interface Clip {
  /** An IVF file. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly frames: readonly Frame[];
}
