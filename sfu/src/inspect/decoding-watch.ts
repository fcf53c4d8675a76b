/** What one viewer has been sent of a track and has asked for since it came; all of them only grow. */
export interface ViewerCounts {
  id: string;
  /** Requests for a key frame: PLI (RFC 4585) and FIR (RFC 5104). */
  keyFrameRequests: number;
  packets: number;
  /** Packets that were reported lost or asked for again. */
  lost: number;
}

/** What is known of viewers that cannot decode. */
export interface DecodingTrouble {
  /** Requests for a key frame that each of them sends in a minute. */
  requestsPerMinute: number;
}

/** A viewer that can decode asks for a key frame when it comes and hardly again; in requests per second. */
const TOO_OFTEN = 0.5;

/** Where more is lost than this, a viewer has another reason to ask. */
const LOSSLESS = 0.02;

/** So much of the audience, of those that can be judged, means that the encoder is at fault and not one device. */
const MOST = 0.5;

/** So many samples in a row are needed to find trouble, and as many to find it over. */
const LOOKS_IN_A_ROW = 2;

/**
 * Finds out whether viewers can decode a track, whatever its codec, from how often they ask for key frames. Only those
 * count that were sent packets during all of the time between two samples: whoever has just joined asks, as do all who
 * wait for a first key frame, and neither says anything of the encoder.
 */
export class DecodingWatch {
  #before: { at: number; viewers: Map<string, ViewerCounts> } | undefined;
  #trouble: DecodingTrouble | undefined;
  #against = 0;

  get trouble(): DecodingTrouble | undefined {
    return this.#trouble;
  }

  /**
   * Compares with the sample before.
   *
   * @param at in ms, of a clock that never goes back
   */
  sample(at: number, viewers: readonly ViewerCounts[]): void {
    const before = this.#before;
    this.#before = { at, viewers: new Map(viewers.map((viewer) => [viewer.id, viewer])) };
    if (!before || at <= before.at) return;
    const seconds = (at - before.at) / 1_000;
    const rates = viewers.flatMap((viewer) => requestRate(before.viewers.get(viewer.id), viewer, seconds));
    if (rates.length === 0) return;
    const often = rates.filter((rate) => rate >= TOO_OFTEN);
    const found =
      often.length >= rates.length * MOST
        ? { requestsPerMinute: (often.reduce((sum, rate) => sum + rate) / often.length) * 60 }
        : undefined;
    this.#conclude(found);
  }

  #conclude(found: DecodingTrouble | undefined): void {
    if ((found === undefined) === (this.#trouble === undefined)) {
      this.#against = 0;
      if (found) this.#trouble = found;
      return;
    }
    this.#against += 1;
    if (this.#against < LOOKS_IN_A_ROW) return;
    this.#against = 0;
    this.#trouble = found;
  }
}

/** Requests per second of a viewer that can be judged. */
function requestRate(before: ViewerCounts | undefined, now: ViewerCounts, seconds: number): number[] {
  if (!before || before.packets === 0) return [];
  const packets = now.packets - before.packets;
  if (packets <= 0 || now.lost - before.lost > packets * LOSSLESS) return [];
  return [(now.keyFrameRequests - before.keyFrameRequests) / seconds];
}
