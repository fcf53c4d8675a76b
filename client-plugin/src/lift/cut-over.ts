import type { MediaKind, RoomMode, SwitchGap } from '@meshlift/protocol';
import type { Participant } from '../rooms/participant.ts';
import { pictureGapDuring } from './picture-gap.ts';
import { PictureWarmUp } from './picture-warm-up.ts';
import { soundGapDuring } from './sound-gap.ts';
import { SoundWarmUp } from './sound-warm-up.ts';
import type { Waiting } from './waiting.ts';

/** By the time anybody moves everybody has connected: what has not come then is not waited for much longer. */
const COMES_WITHIN_MS = 5_000;

/** What the host reads about a participant who had a picture before the switch, and has none after it. */
const NOT_SEEN_AGAIN = 'does not see the video that comes the new way';

export interface CutOverOptions {
  participant: Participant;
  /** The path to go over to. */
  to: RoomMode;
  /** They cannot encode for two paths: their video has ended on the old one as it began on the new one. */
  singleEncode: boolean;
  /** Shows the participant by that path from now on, or by the other one again. */
  show(kind: MediaKind, path: RoomMode): void;
  /** Whether there is nothing of this kind to wait for any more: they left, paused it, or the switch is over. */
  isOver(kind: MediaKind): boolean;
  waiting: Waiting;
}

/**
 * Brings one participant's picture and sound over to another path, each as soon as the new path plays it as
 * well as the old one, and measures what its viewer missed.
 *
 * @throws Error if the new path's picture is not seen; the old path's is shown again then
 */
export async function cutOver(options: CutOverOptions): Promise<SwitchGap[]> {
  await Promise.all([untilCome(options, 'video'), untilCome(options, 'audio')]);
  const gaps = await Promise.all([cutOverPicture(options), cutOverSound(options)]);
  return gaps.filter((gap) => gap !== undefined);
}

/** Somebody's media may be on its way still. Who is left behind comes over by themselves, when they do. */
async function untilCome(
  { participant, to, isOver, waiting }: CutOverOptions,
  kind: MediaKind,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, COMES_WITHIN_MS);
  });
  const come = waiting.until(() => isOver(kind) || participant.trackOf(to, kind) !== undefined);
  await Promise.race([come, late]);
  clearTimeout(timer);
}

async function cutOverPicture(options: CutOverOptions): Promise<SwitchGap | undefined> {
  const { participant, to, singleEncode, show, isOver, waiting } = options;
  const { participantId, stream } = participant;
  const next = participant.trackOf(to, 'video');
  if (!next) return undefined;
  const element = stream?.elements.find(isSeen);
  // Nobody sees it: there is nothing to be smooth about, and frames may not come at all.
  const isPaused = () => isOver('video') || participant.videoPaused;
  if (!element || isPaused()) {
    show('video', to);
    return undefined;
  }
  const warmUp = new PictureWarmUp(next, { present: element, oldEnds: singleEncode });
  try {
    await Promise.race([warmUp.ready, waiting.until(isPaused)]);
    const since = singleEncode ? warmUp.oldSeenAt : undefined;
    const gapMs = await oneByOne(() => pictureGapDuring(element, () => show('video', to), since));
    const reason = singleEncode ? ({ reason: 'single-encode' } as const) : {};
    if (gapMs !== undefined) return { participantId, kind: 'video', gapMs, ...reason };
    // What nobody looks at, or is not sent any more, is not missed.
    if (isPaused() || !isSeen(element)) return undefined;
    show('video', to === 'sfu' ? 'mesh' : 'sfu');
    throw new Error(NOT_SEEN_AGAIN);
  } finally {
    warmUp.close();
  }
}

async function cutOverSound(options: CutOverOptions): Promise<SwitchGap | undefined> {
  const { participant, to, show, isOver, waiting } = options;
  const { participantId } = participant;
  const next = participant.trackOf(to, 'audio');
  if (!next) return undefined;
  const isPaused = () => isOver('audio') || participant.audioPaused;
  if (isPaused()) {
    show('audio', to);
    return undefined;
  }
  participant.stream?.expectSound(next);
  const warmUp = new SoundWarmUp(next);
  try {
    await Promise.race([warmUp.ready, waiting.until(isPaused)]);
    const gapMs = await soundGapDuring(next, () => show('audio', to));
    return gapMs === undefined ? undefined : { participantId, kind: 'audio', gapMs };
  } finally {
    warmUp.close();
  }
}

/** Pictures of one page go over one after another: all at the same time would make each of them stumble. */
let lastPicture: Promise<unknown> = Promise.resolve();

function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const done = lastPicture.then(work);
  lastPicture = done.catch(() => undefined);
  return done;
}

const isSeen = (video: HTMLVideoElement): boolean =>
  !document.hidden && video.isConnected && video.checkVisibility() && video.clientWidth > 0;
