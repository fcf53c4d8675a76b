const TONE_HZ = 440;
/** Quiet: about -26 dB of full scale. */
const TONE_GAIN = 0.05;

export interface Tone {
  track: MediaStreamTrack | undefined;
  stop(): void;
}

/** A gentle tone as an audio track. Browsers keep it silent until somebody has clicked or typed in the page. */
export function createTone(): Tone {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: TONE_HZ });
  const gain = new GainNode(context, { gain: TONE_GAIN });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();

  const gestures = new AbortController();
  const resume = () => {
    if (context.state === 'suspended') context.resume().catch(() => {});
  };
  for (const gesture of ['pointerdown', 'keydown']) {
    addEventListener(gesture, resume, { signal: gestures.signal, capture: true });
  }

  return {
    track: destination.stream.getAudioTracks()[0],
    stop() {
      gestures.abort();
      if (context.state !== 'closed') context.close().catch(() => {});
    },
  };
}
