import type { Participant } from '../../../index.ts';
import { durationWords } from '../../shared/duration.ts';
import type { Words } from '../../shared/error-words.ts';
import type { StaySummary } from './stay-record.ts';

/** "Ada", "Ada and Bob", "Ada, Bob and Eve". */
const list = (names: readonly string[]) => new Intl.ListFormat('en').format(names);

export const text = {
  title: (room: string) => `${room} · Meshlift`,
  room: 'Room',
  join: 'Join',
  joinWithout: 'Join without sending',
  joinByVoice: 'Join with the microphone alone',
  own: { camera: 'Camera and microphone', microphone: 'Microphone alone', none: 'Nothing: watch and listen' },
  joining: 'Joining…',
  yourName: 'Your name',
  suggestName: 'Suggest a name',
  namePlaceholder: 'How the others see you',
  password: 'Password',
  passwordAdd: 'This room has a password',
  passwordHint: 'Everybody who types the same one meets. It never leaves this page.',
  passwordTaken: 'Taken from the link, which no longer shows it.',
  passwordSentTitle: 'This server has seen the password',
  passwordSentBody:
    'It stood in the part of the address that browsers send to the server. The address no longer shows it. For a room that the server cannot read, agree on another password, and tell it in another way.',
  addressTitle: 'Join only people you trust with your address',
  addressBody:
    'A direct room goes from browser to browser: the others can see the network address you are at.',
  guessable: 'This name is easy to guess, and whoever guesses it can come in. Treat it like a password.',

  you: 'You',
  nameOfYou: (name: string) => (name ? `${name} (you)` : 'You'),
  guest: 'Guest',
  connecting: 'Connecting…',
  came: (name: string) => `${name} has joined`,
  went: (name: string) => `${name} has left`,
  voiceless: 'No microphone',
  host: 'Host',
  muted: 'Muted',
  pictureOff: 'Camera off',
  speaking: 'Speaking',
  enlarge: (name: string) => `Enlarge ${name}`,
  shrink: 'Back to the grid',
  tapForSound: 'Tap for sound',

  controls: 'Controls',
  mute: 'Mute',
  unmute: 'Unmute',
  muteMicrophone: 'Mute microphone',
  unmuteMicrophone: 'Unmute microphone',
  noMicrophone: 'No microphone',
  noCamera: 'No camera',
  cameraOff: 'Camera off',
  cameraOn: 'Camera on',
  share: 'Share screen',
  stopSharing: 'Stop sharing',
  source: 'Source',
  chat: 'Chat',
  unread: (count: number) => (count === 1 ? 'Chat, 1 unread message' : `Chat, ${count} unread messages`),
  people: 'People',
  leave: 'Leave',
  close: 'Close',

  sourceTitle: 'What you send',
  chatTitle: 'Chat',
  chatHint: 'Goes directly between the browsers, never through the server, and is kept nowhere.',
  chatEmpty: 'Nobody has said anything yet.',
  chatField: 'Message',
  chatSend: 'Send',
  chatNobody: 'Nobody else is here to read it.',

  linkTitle: 'Invite people',
  copy: 'Copy link',
  copied: 'Copied',
  notCopied: 'Select the link and copy it',
  linkHint: 'Everyone who has it can come in.',
  linkHintPassword: 'It does not hold the password: tell that another way, by phone for example.',
  lock: 'Lock the room',
  lockHint: 'Nobody else can come in while it is locked.',
  locked: 'Locked',
  hostMay: 'A host can lock the room, move it and hand it over.',
  makeHost: 'Make host',
  makeHostTitle: (name: string) => `Make ${name} the host?`,
  makeHostBody: 'They then lock the room and decide how it travels. You become a guest.',
  makeHostYes: 'Hand over',
  keepHost: 'Stay host',

  alone: 'You are the first one here',
  aloneBody: 'Send somebody the link, and they appear here.',
  aloneWithPassword: 'Nobody else is here',
  aloneWithPasswordBody:
    'If you expected somebody, compare passwords: whoever types another one lands in another room.',
  reconnectingTitle: 'The server cannot be reached',
  reconnecting: 'Sound, picture and chat go on meanwhile. This page comes back to it by itself.',

  leftTitle: 'You have left the room',
  leftBody: 'Nothing is sent any more.',
  endedTitle: 'You are out of the room',
  summaryTitle: 'Your time in the room',
  comeBack: 'Come back',
  frontPage: 'Front page',

  audienceTitle: 'Audience',
  audienceHint:
    'People outside the room can watch what you send, by this link. They come through the server.',
  audienceRefused: 'Nobody outside can watch.',
  audienceSwitch: 'Let an audience watch',
  audienceCopy: 'Copy watch link',
  watchedTitle: 'Somebody outside is watching what you send',
  watchedBody: 'The server passes it on to them, and can see and hear it.',
  refuse: 'Refuse them',
  dismiss: 'Dismiss',
  watchedRefused: 'Nobody outside can watch what you send',
  letIn: 'Let them watch',
  audienceFailed: 'The audience could not be changed',
};

/** A person's name, or what there is to say in its place. */
export function nameOf({ name, reached }: Pick<Participant, 'name' | 'reached'>): string {
  return reached ? name || text.guest : text.connecting;
}

/** What there is to say of a stay that is over. */
export function summaryWords({ stayMs, relayedMs, mostPeople, mostWatching, ways }: StaySummary): string {
  return [
    `You were in the room for ${durationWords(stayMs)}.`,
    mostPeople === 1 ? 'Nobody else was there.' : `At most ${mostPeople} people were there at the same time.`,
    ...(ways.includes('relayed') ? [`The server relayed it for ${durationWords(relayedMs)}.`] : []),
    ...(ways.every((way) => way === 'direct') ? ['It was direct all the time.'] : []),
    ...(mostWatching > 0
      ? [`At most ${mostWatching} watched from outside what you sent, through the server.`]
      : []),
  ].join(' ');
}

export const modeText = {
  doorTitle: (relay: string) => `This room goes through the relay ${relay}`,
  doorBody:
    'The server there decrypts what is sent: it can see and hear everything, and records nothing. Nothing of yours is sent yet.',
  doorAgree: 'Send through the relay',
  doorWatch: 'Only watch and listen',
  note: {
    mesh: 'The others can see your network address.',
    sfu: 'It is decrypted there and encrypted again.',
  },
  details: 'How sound and picture travel',
  about: {
    direct: (_relay: string) =>
      'Sound and picture go straight to each of the others, encrypted from browser to browser. The server only introduces you. In return, every browser here knows the network address of every other.',
    audience: (relay: string) =>
      `People outside the room watch what you send. It goes to them through the server ${relay}, which decrypts it and encrypts it again for each of them: it could see and hear it, and records nothing. To the others in the room it goes directly.`,
    encoder: (relay: string) =>
      `Your encoder sends to the server ${relay}, which decrypts it and hands it to this page: it could see and hear it, and records nothing. From here it goes directly to the others.`,
    relayed: (relay: string) =>
      `The server ${relay} receives what you send, decrypts it, and encrypts it again for each of the others. It could see and hear it, and records nothing. Chat still goes directly.`,
  },
  privacy: 'How this server treats it',
  reportTitle: { mesh: 'Last switch, to direct', sfu: 'Last switch, to the relay' },
  gap: (name: string, ms: number, singleEncode: boolean) =>
    `${name}: video stood still ${ms} ms${singleEncode ? ', since their device is short of time' : ''}`,

  direct: 'Direct',
  relay: 'Relay',
  auto: 'Automatic',
  toggleLabel: 'Through the relay',
  autoLabel: 'Automatic: let the room choose between direct and relay by what is measured',
  switching: { mesh: 'Going direct…', sfu: 'Moving to the relay…' },

  confirmTitle: 'Send this room through the server?',
  confirmAutoTitle: 'Let this room move by itself?',
  confirmBody: (relay: string) =>
    `The relay ${relay} will decrypt the sound and picture of everybody here, and encrypt them again for each of the others. While the room is relayed, it can see and hear everything. It records nothing.`,
  confirmAuto: (relay: string) =>
    `When the direct way asks too much of somebody, the room moves to the relay ${relay}, and back when it can. While the room is relayed, the relay decrypts the sound and picture of everybody here: it can see and hear everything. It records nothing.`,
  confirmPeople: 'Nobody is asked again: the others are told as it begins.',
  confirmYes: 'Move to the relay',
  confirmAutoYes: 'Let it move',
  confirmNo: 'Stay direct',

  comingTitle: (relay: string) => `This room is moving to the relay ${relay}`,
  hereTitle: (relay: string) => `This room goes through the relay ${relay}`,
  relayBody: 'The server there can see and hear everything that is sent. If you do not want that, leave.',

  unconfirmedTitle: 'Your video and sound stay direct',
  unconfirmedBody: (relay: string) =>
    `The server ${relay} says that this room has moved to its relay, but no host has confirmed that. Nothing you send goes through it unless a host moves the room.`,

  failedTitle: { mesh: 'The room stays on the relay', sfu: 'The room stays direct' },
  failedBy: (name: string, reason: string) => `${name} could not follow: ${reason}`,
  failedUnknown: 'The switch came to nothing.',
  failedEnd: 'Everything is as it was.',
  stuckTitle: 'Go on without everybody?',
  late: (names: readonly string[]) =>
    `${list(names)} ${names.length === 1 ? 'is' : 'are'} late and may still follow`,
  stuckBody: (seconds: number) =>
    `Without a decision within ${seconds} seconds the room goes back to how it was. Whoever is left out may see and hear nobody until they come again.`,
  leaveOut: 'Go on without them',
  stay: 'Go back for everybody',
};

/** After a reload, when the browser opens nothing without a click. */
export const sourceLost: Words = {
  title: 'You came back without picture and sound',
  body: 'Choose under “Source” what to send.',
};

/** For whoever was host in this tab and is not any more. */
export const notHostAgain: Words = {
  title: 'Somebody else is the host now',
  body: 'You came back as a guest.',
};

/** For whoever came by the link of a room with a password, and typed none. */
export const passwordMissing: Words = {
  title: 'This room has a password',
  body: 'Type it under “This room has a password”. Without it you would be in another room.',
};

export const hostNews = {
  you: 'You are the host now',
  other: (name: string) => `${name || 'Somebody else'} is the host now`,
};
