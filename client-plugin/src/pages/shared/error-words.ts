import { type ErrorCode, MeshliftError } from '../../index.ts';

/** What happened, and what can be done about it. */
export interface Words {
  title: string;
  body: string;
}

const text: {
  unknown: Words;
  oldServer: Words;
  reference(name: string): string;
  byCode: Partial<Record<ErrorCode, Words>>;
} = {
  oldServer: {
    title: 'The server is out of date',
    body: 'This page needs a newer server. Whoever runs it has to update it.',
  },
  unknown: {
    title: 'Something went wrong',
    body: 'Try again. If it keeps happening, the log of the server knows more.',
  },
  reference: (name) => `In the server's log it is ${name}.`,
  byCode: {
    DISCONNECTED: {
      title: 'The server cannot be reached',
      body: 'Check that you are online and that the server is running, then try again.',
    },
    REQUEST_TIMEOUT: {
      title: 'The server did not answer in time',
      body: 'It may be busy, or the connection to it is poor. Try again in a moment.',
    },
    TRANSPORT_TIMEOUT: {
      title: 'No path for sound and picture',
      body: 'The server answers, but media does not get through. A firewall or VPN may be in the way: try another network. If that does not help, whoever runs the server should check the address it announces.',
    },
    MEDIA_MISSING: {
      title: 'Connected, but nothing gets through',
      body: 'The connection is there, and no video or audio arrives over it. Check that the camera and the microphone work; a VPN or a firewall may also drop large packets: try another network.',
    },
    MEDIA_FAILED: {
      title: 'The connection for sound and picture was lost',
      body: 'Try again. If it happens often, another network may be steadier.',
    },
    SERVER_FULL: {
      title: 'The server is full',
      body: 'It takes no more people at the moment. Try again a little later.',
    },
    SERVER_CLOSING: {
      title: 'The server is restarting',
      body: 'Try again in a moment.',
    },
    RATE_LIMITED: {
      title: 'Too many attempts',
      body: 'The server asks for a short break. Wait a moment, then try again.',
    },
    STREAM_NOT_FOUND: {
      title: 'This stream has ended',
      body: 'Its link leads nowhere now. Start a new stream to go on.',
    },
    STREAM_NOT_YOURS: {
      title: 'This stream belongs to somebody else',
      body: 'The key kept in this tab does not open it. Start a new stream to go on.',
    },
    SESSION_REPLACED: {
      title: 'This stream went live somewhere else',
      body: 'Another tab or device publishes it now, with the same key. Here it has stopped.',
    },
    PROTOCOL_VERSION: {
      title: 'This page is out of date',
      body: 'The server has been updated. Reload the page.',
    },
    UNSUPPORTED_BROWSER: {
      title: 'WebRTC is not available',
      body: 'This browser lacks it, or a setting or an extension has switched it off.',
    },
    RTP_REJECTED: {
      title: 'No common video format',
      body: 'This browser and the stream share no codec. Another browser may do better.',
    },
    ROOM_LOCKED: {
      title: 'This room is locked',
      body: 'Ask the host to unlock it, then try again.',
    },
    ROOM_FULL: {
      title: 'This room is full',
      body: 'Somebody has to leave before another one can come in. Try again a little later.',
    },
    NOT_HOST: {
      title: 'Only the host can do that',
      body: 'Somebody else is the host of this room now.',
    },
    PARTICIPANT_NOT_FOUND: {
      title: 'They have just left',
      body: 'Nothing was changed.',
    },
    SWITCH_IN_PROGRESS: {
      title: 'The room is switching already',
      body: 'Wait until it is over, then decide again.',
    },
    STALE_EPOCH: {
      title: 'The room has switched meanwhile',
      body: 'Look at how it stands now, then decide again.',
    },
    SWITCH_FAILED: {
      title: 'The room could not switch',
      body: 'Somebody could not follow. Everything is as it was.',
    },
  },
};

/** Words for whatever was thrown. */
export function describeError(error: unknown): Words {
  const { code, reference, upgrade } = MeshliftError.from(error);
  const words = upgrade === 'server' ? text.oldServer : (text.byCode[code] ?? text.unknown);
  return reference === undefined ? words : { ...words, body: `${words.body} ${text.reference(reference)}` };
}
