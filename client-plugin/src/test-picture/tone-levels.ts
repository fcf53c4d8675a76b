/** Samples as they were heard: full scale is 1. */
export interface Recording {
  samples: Float32Array;
  /** In Hz. */
  sampleRate: number;
}

/** How strongly some tones sounded, over time. */
export interface ToneLevels {
  /** Milliseconds from one value to the next. */
  stepMs: number;
  /** The middle of the first window, in milliseconds after the recording's begin. */
  firstMs: number;
  /** An amplitude for every step, one list for each tone. */
  tones: Float32Array[];
}

/** Short enough to fall into one slot, and as long as the periods of all tones have in common. */
const WINDOW_MS = 10;
const STEP_MS = 2.5;

/**
 * Measures tones over a window that moves along the recording. In a window of 10 ms, a tone that is a multiple
 * of 100 Hz away does not show at all, whatever its phase. A tone that begins or ends shows with half of its
 * strength when the window's middle is at that moment.
 */
export function toneLevels({ samples, sampleRate }: Recording, frequencies: readonly number[]): ToneLevels {
  const window = Math.round((sampleRate * WINDOW_MS) / 1_000);
  const steps = Math.max(0, Math.floor(((samples.length - window) * 1_000) / (sampleRate * STEP_MS)) + 1);
  const starts = Array.from({ length: steps }, (_, step) =>
    Math.round((step * STEP_MS * sampleRate) / 1_000),
  );
  const tones = frequencies.map((frequency) => {
    const [inPhase, quadrature] = mixed(samples, (2 * Math.PI * frequency) / sampleRate);
    return Float32Array.from(starts, (start) => {
      const x = (inPhase[start + window] ?? 0) - (inPhase[start] ?? 0);
      const y = (quadrature[start + window] ?? 0) - (quadrature[start] ?? 0);
      return (2 * Math.hypot(x, y)) / window;
    });
  });
  return { stepMs: STEP_MS, firstMs: WINDOW_MS / 2, tones };
}

/** The recording turned by a frequency and summed up, so that the sum over any window is one subtraction. */
function mixed(samples: Float32Array, radians: number): [Float64Array, Float64Array] {
  const inPhase = new Float64Array(samples.length + 1);
  const quadrature = new Float64Array(samples.length + 1);
  samples.forEach((sample, at) => {
    inPhase[at + 1] = (inPhase[at] ?? 0) + sample * Math.cos(radians * at);
    quadrature[at + 1] = (quadrature[at] ?? 0) + sample * Math.sin(radians * at);
  });
  return [inPhase, quadrature];
}
