import { SoundMix } from './sound-mix.ts';
import { SourceError } from './source-error.ts';
import type { ChosenDevices, MediaKind } from './source-kinds.ts';

export type CaptureKind = 'camera' | 'microphone' | 'screen';

/**
 * A source that this machine captures: a camera or a screen, the microphone, and the sound of what is shared. Each track
 * ends alone, when its device is unplugged for example, and another device takes its place in the same stream.
 */
export class Capture {
  readonly kind: CaptureKind;
  readonly stream = new MediaStream();
  readonly capture = this;
  #picture: MediaStreamTrack | undefined;
  #microphone: MediaStreamTrack | undefined;
  /** What is heard of a screen, or of a tab. */
  #sharedSound: MediaStreamTrack | undefined;
  #mix: SoundMix | undefined;
  /** What was captured and has stopped, with the device it came from. */
  readonly #lost = new Map<MediaKind, string | undefined>();
  #changed: () => void = () => undefined;
  #closed = false;

  /** @throws SourceError with the reason why there is nothing to send */
  static async open(kind: CaptureKind, devices: ChosenDevices): Promise<Capture> {
    if (!navigator.mediaDevices) throw new SourceError(isSecureContext ? 'unsupported' : 'insecure', kind);
    try {
      if (kind === 'screen') {
        const capture = new Capture(kind, await getScreen());
        // Whoever shares goes on speaking. Without a microphone, or before it is allowed, a screen is shared as well.
        openMicrophone(devices).then(
          (captured) => capture.#take('audio', captured),
          () => undefined,
        );
        return capture;
      }
      return new Capture(kind, kind === 'camera' ? await openCamera(devices) : await openMicrophone(devices));
    } catch (error) {
      throw SourceError.from(error, kind);
    }
  }

  constructor(kind: CaptureKind, captured: MediaStream) {
    this.kind = kind;
    const [picture] = captured.getVideoTracks();
    const [sound] = captured.getAudioTracks();
    if (picture) this.#picture = this.#watched(picture);
    if (sound && kind === 'screen') this.#sharedSound = this.#watched(sound);
    else if (sound) this.#microphone = this.#watched(sound);
    this.#compose();
  }

  get microphone(): MediaStreamTrack | undefined {
    return this.#microphone;
  }

  /** Whether the sound that is sent holds more than what can be muted. */
  get mixed(): boolean {
    return this.#microphone !== undefined && this.#sharedSound !== undefined;
  }

  /** What a mute switch silences: the microphone, and what is shared where there is no microphone. */
  get muted(): MediaStreamTrack[] {
    const sound = this.#microphone ?? this.#sharedSound;
    return sound ? [sound] : [];
  }

  /** Kinds that were captured and have stopped. */
  get lost(): MediaKind[] {
    return [...this.#lost.keys()];
  }

  /** The device that stopped, by the browser's ID; undefined where there is none to name. */
  lostDevice(kind: MediaKind): string | undefined {
    return this.#lost.get(kind);
  }

  follow(changed: () => void): void {
    this.#changed = changed;
  }

  /**
   * Captures another device, or another screen, in place of what there is of this kind.
   *
   * @param deviceId whatever the browser likes best where none is named
   * @throws SourceError with the reason why it cannot; what there was goes on
   */
  async reopen(kind: MediaKind, deviceId?: string): Promise<void> {
    const what = kind === 'audio' ? 'microphone' : this.kind;
    try {
      const captured =
        what === 'screen'
          ? await getScreen()
          : await navigator.mediaDevices.getUserMedia(
              kind === 'audio'
                ? { audio: { ...exactly(deviceId) } }
                : { video: { ...PICTURE, ...exactly(deviceId) } },
            );
      this.#take(kind, captured);
    } catch (error) {
      throw SourceError.from(error, what);
    }
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
    for (const track of [this.#picture, this.#microphone, this.#sharedSound]) track?.stop();
    this.#mix?.close();
  }

  #take(kind: MediaKind, captured: MediaStream): void {
    if (this.#closed) {
      for (const track of captured.getTracks()) track.stop();
      return;
    }
    const [picture] = captured.getVideoTracks();
    const [sound] = captured.getAudioTracks();
    if (kind === 'video') {
      this.#picture?.stop();
      this.#picture = picture && this.#watched(picture);
      if (this.kind === 'screen') {
        this.#sharedSound?.stop();
        this.#sharedSound = sound && this.#watched(sound);
      }
    } else {
      this.#microphone?.stop();
      this.#microphone = sound && this.#watched(sound);
    }
    this.#lost.delete(kind);
    this.#compose();
    this.#changed();
  }

  #watched(track: MediaStreamTrack): MediaStreamTrack {
    track.addEventListener('ended', () => this.#ended(track));
    return track;
  }

  /** Somebody pulled a plug, took the permission away, or pressed "stop sharing" in the browser's own controls. */
  #ended(track: MediaStreamTrack): void {
    if (this.#closed) return;
    if (track === this.#picture) {
      this.#picture = undefined;
      this.#lost.set('video', track.getSettings().deviceId);
    } else if (track === this.#microphone) {
      this.#microphone = undefined;
      this.#lost.set('audio', track.getSettings().deviceId);
    } else if (track === this.#sharedSound) {
      this.#sharedSound = undefined;
    } else return;
    this.#compose();
    this.#changed();
  }

  /** What is sent: the picture, and one track for all there is to hear. */
  #compose(): void {
    const sounds = [this.#microphone, this.#sharedSound].filter((track) => track !== undefined);
    if (sounds.length > 1) this.#mix ??= new SoundMix();
    this.#mix?.set(sounds);
    const [first] = sounds;
    const wanted = [this.#picture, first && (this.#mix?.track ?? first)].filter(
      (track) => track !== undefined,
    );
    for (const track of this.stream.getTracks()) if (!wanted.includes(track)) this.stream.removeTrack(track);
    for (const track of wanted) this.stream.addTrack(track);
  }
}

const PICTURE: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

const ideally = (deviceId: string | undefined) => (deviceId ? { deviceId: { ideal: deviceId } } : {});
const exactly = (deviceId: string | undefined) => (deviceId ? { deviceId: { exact: deviceId } } : {});

async function openCamera({ camera, microphone }: ChosenDevices): Promise<MediaStream> {
  const kinds = new Set((await navigator.mediaDevices.enumerateDevices()).map(({ kind }) => kind));
  if (!kinds.has('videoinput')) throw new SourceError('none', 'camera');
  return navigator.mediaDevices.getUserMedia({
    video: { ...PICTURE, ...ideally(camera) },
    // A camera without a microphone is enough to go live.
    audio: kinds.has('audioinput') && ideally(microphone),
  });
}

function openMicrophone({ microphone }: ChosenDevices): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: ideally(microphone) });
}

/** @throws DOMException as `getDisplayMedia` does, SourceError where there is no such thing */
export async function getScreen(): Promise<MediaStream> {
  if (typeof navigator.mediaDevices?.getDisplayMedia !== 'function') {
    throw new SourceError(isSecureContext ? 'unsupported' : 'insecure', 'screen');
  }
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 30 }, audio: true });
  // Encoders keep text sharp at the cost of frames, rather than the other way round.
  for (const track of stream.getVideoTracks()) track.contentHint = 'detail';
  return stream;
}
