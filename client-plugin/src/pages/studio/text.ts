import type { Words } from '../shared/error-words.ts';
import type { SourceChoice, SourceKind } from './source.ts';

const sources: Record<SourceChoice, { name: string; hint: string; open: string; ready: string }> = {
  camera: {
    name: 'Camera',
    hint: 'with microphone',
    open: 'Turn on the camera',
    ready: 'Your camera is off',
  },
  screen: {
    name: 'Screen',
    hint: 'with its sound',
    open: 'Choose what to share',
    ready: 'Nothing is shared yet',
  },
  test: {
    name: 'Test picture',
    hint: 'with a tone',
    open: 'Start the test picture',
    ready: 'The test picture is off',
  },
  none: {
    name: 'Nothing',
    hint: 'watch and chat',
    open: '',
    ready: 'You send no picture and no sound',
  },
};

const stopped: Record<SourceKind, Words> = {
  camera: {
    title: 'The camera has stopped',
    body: 'It was unplugged or taken away. Viewers see its last picture until you turn one on.',
  },
  screen: {
    title: 'Screen sharing has stopped',
    body: 'Viewers see the last picture until you choose something else to share.',
  },
  test: { title: 'The test picture has stopped', body: 'Start it again, or choose another source.' },
};

export const text = {
  title: 'Studio · Meshlift',
  titleLive: 'Live · Studio · Meshlift',
  sources,
  stopped,
  headingOff: 'Go live',
  introOff: 'Choose what to show. Whoever has the link can watch, without an account.',
  sourceLegend: 'Source',
  camera: 'Camera',
  microphone: 'Microphone',
  unnamedDevice: (number: number) => `Device ${number}`,
  opening: 'Opening…',
  preview: 'Preview',
  cameraPaused: 'The picture is off for viewers',
  mute: 'Mute',
  unmute: 'Unmute',
  pictureOff: 'Camera off',
  pictureOn: 'Camera on',
  hide: 'Hide picture',
  show: 'Show picture',
  relayTitle: 'The server relays your stream',
  relayBody:
    'To pass it on, the server decrypts sound and picture and encrypts them again for each viewer. It could see and hear them; there is no end-to-end encryption. It records nothing.',
  goLive: 'Go live',
  starting: 'Going live…',
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
  endUntold: 'Stopped, but the server could not be told',
  endUntoldBody: 'Nothing is sent any longer. The stream ends by itself after half a minute.',
};
