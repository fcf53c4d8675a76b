import { durationWords } from '../shared/duration.ts';
import type { Words } from '../shared/error-words.ts';
import type { SourceChoice, SourceKind } from './source-kinds.ts';
import type { StreamSummary } from './stream-record.ts';

const sources: Record<SourceChoice, { name: string; hint: string; open: string; ready: string }> = {
  camera: {
    name: 'Camera',
    hint: 'with microphone',
    open: 'Turn on the camera',
    ready: 'Your camera is off',
  },
  microphone: {
    name: 'Microphone',
    hint: 'audio only',
    open: 'Turn on the microphone',
    ready: 'Your microphone is off',
  },
  screen: {
    name: 'Screen',
    hint: 'with its sound and your voice',
    open: 'Choose what to share',
    ready: 'Nothing is shared yet',
  },
  test: {
    name: 'Test picture',
    hint: 'with a tone',
    open: 'Start the test picture',
    ready: 'The test picture is off',
  },
  encoder: {
    name: 'OBS or another encoder',
    hint: 'by WHIP',
    open: 'Make its address',
    ready: 'Your encoder has no address yet',
  },
  none: {
    name: 'Nothing',
    hint: 'watch and chat',
    open: '',
    ready: 'You send no picture and no sound',
  },
};

const stopped: Record<SourceKind, Words> = {
  camera: { title: 'The camera has stopped', body: 'Nothing is sent until you turn one on.' },
  microphone: { title: 'The microphone has stopped', body: 'Nothing is sent until you turn one on.' },
  screen: { title: 'Screen sharing has stopped', body: 'Nothing is sent until you share something again.' },
  test: { title: 'The test picture has stopped', body: 'Start it again, or choose another source.' },
  encoder: { title: 'The encoder has stopped', body: 'Start it again, or choose another source.' },
};

export const text = {
  title: 'Studio · Meshlift',
  titleLive: 'Live · Studio · Meshlift',
  sources,
  stopped,
  lostCamera: {
    title: 'The camera has stopped',
    body: 'It was unplugged, or something else took it. Nobody sees you.',
  },
  lostMicrophone: {
    title: 'The microphone has stopped',
    body: 'It was unplugged, or something else took it. Nobody hears you.',
  },
  lostScreen: { title: 'Screen sharing has stopped', body: 'Nobody sees it any more.' },
  use: (device: string) => `Use ${device}`,
  microphoneAlone: 'Use the microphone alone',
  noMicrophone: 'No microphone',
  noCamera: 'No camera',
  noPicture: 'No picture',
  audioOnly: 'Only your voice is sent',
  nothingSent: 'Nothing is sent',
  headingOff: 'Go live',
  introOff: 'Choose what to show. Whoever has the link can watch, without an account.',
  sourceLegend: 'Source',
  camera: 'Camera',
  microphone: 'Microphone',
  unnamedDevice: (number: number) => `Device ${number}`,
  opening: 'Opening…',
  preview: 'Preview',
  encoderAwaited: 'Waiting for the encoder',
  cameraPaused: 'The picture is off for viewers',
  mute: 'Mute',
  unmute: 'Unmute',
  /** Where the sound of what is shared goes on. */
  muteMicrophone: 'Mute microphone',
  unmuteMicrophone: 'Unmute microphone',
  pictureOff: 'Camera off',
  pictureOn: 'Camera on',
  hide: 'Hide picture',
  show: 'Show picture',
  relayTitle: 'The server relays your stream',
  relayBody:
    'To pass it on, the server decrypts sound and picture and encrypts them again for each viewer. It could see and hear them; there is no end-to-end encryption. It records nothing.',
  goLive: 'Go live',
  starting: 'Going live…',
  encoderHeading: 'Go live from your encoder',
  encoderIntro: 'Give it the server and the token. The stream is live as soon as it sends.',
  encoderWaiting: 'Waiting for the encoder',
  encoderEnded: 'The stream has ended',
  encoderNewLinkBody:
    'Everyone who has the old link is dropped at once, and it never works again. What the encoder sends now goes on; to start it again, it needs the new server above.',
  encoderEndBody: 'It ends for the encoder and for everybody who is watching, and its link with it.',
  encoderEndUntoldBody: 'It goes on for as long as the encoder sends. Stop it there.',
  waiting: 'Waiting',
  resume: 'Resume stream',
  resumeTitle: 'Your stream is waiting',
  resumeBody:
    'Viewers stay for about half a minute. Resume it under the same link, or leave it and start afresh.',
  startOver: 'Start afresh',
  headingLive: 'You are live',
  headingReconnecting: 'Reconnecting',
  reconnecting: 'The connection to the server is away. What viewers see may go on meanwhile.',
  live: 'Live',
  away: 'Reconnecting',
  liveFor: 'Time live',
  linkLabel: 'Watch link',
  linkHint: 'Everyone who has it can watch.',
  copy: 'Copy link',
  copied: 'Copied',
  notCopied: 'Select the link and copy it',
  newLink: 'New link',
  newLinkTitle: 'Replace the link?',
  newLinkBody: 'Everyone who has the old link is dropped at once, and it never works again. You stay live.',
  newLinkConfirm: 'Replace the link',
  newLinkFailed: 'The link could not be replaced',
  keepLink: 'Keep it',
  changeSource: 'Change source',
  end: 'End stream',
  endTitle: 'End the stream?',
  endBody: 'It ends for everybody who is watching, and its link with it.',
  endConfirm: 'End for everybody',
  keepGoing: 'Keep going',
  summaryTitle: 'Your stream is over',
  summary: ({ liveMs, mostViewers }: StreamSummary) => {
    const watched =
      mostViewers === 0 ? 'Nobody watched.' : `At most ${mostViewers} watched at the same time.`;
    return `It was live for ${durationWords(liveMs)}. ${watched}`;
  },
  endUntold: 'Stopped, but the server could not be told',
  endUntoldBody: 'Nothing is sent any longer. The stream ends by itself after half a minute.',
};
