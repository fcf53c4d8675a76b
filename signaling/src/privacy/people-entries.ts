import { BUCKETS } from '@meshlift/cluster';
import type { PrivacyEntry } from '@meshlift/protocol';
import { keptAfterVanishing } from '@meshlift/sfu';
import { type LogLevel, PSEUDONYM_ROTATION_MS } from '@meshlift/telemetry';
import { rateLimits } from '../access/rate-limits.ts';
import { REPLACED_REMEMBERED_MS } from '../sessions/session-registry.ts';
import { ID_RESERVATION_MS } from '../streams/past-streams.ts';
import { IDLE_FOR_AT_MOST_MS } from '../streams/stream.ts';
import { ENDED_KNOWN_MS } from '../whip/sdp-sessions.ts';
import { isLogged } from './record-entries.ts';
import type { RunningServer } from './running-server.ts';
import { inWords } from './words.ts';

/** The rate limits that count by address; the other one counts by connection. */
const { createStream, createRoom, connect, handshake, wrongKey } = rateLimits;

const OPERATOR_COULD = 'Nobody is shown it; whoever controls the server could look into its memory.';

/** What is known of those who use the server, and what their streams and rooms consist of. */
export function peopleEntries(server: RunningServer): PrivacyEntry[] {
  const grace = inWords(server.graceSeconds);
  const rotation = inWords(PSEUDONYM_ROTATION_MS / 1_000);
  const counting = inWords(
    Math.max(...[createStream, createRoom, connect, handshake, wrongKey].map((limit) => limit.perSeconds)),
  );
  const { log: streamLog, ...streamPlace } = memoryAndLog(server, 'info');
  const { log: roomLog, ...roomPlace } = memoryAndLog(server, 'warn');
  return [
    {
      id: 'connections',
      title: 'Your connection',
      what: 'Your network address; what your browser says of itself with each request, such as its name and language; the page it came from (“Origin”, “Referer”); and which forms of sound and picture it can handle.',
      why: 'Answers and media have to reach you, in a form that your browser can play.',
      where: ['memory'],
      howLong: `While the connection is open; what the browser says of itself and its page, until it has been let in. The path for sound and picture outlives a dropped connection by ${grace} at most. Programs that send by WHIP or play by WHEP have no connection that could drop: the path of one that vanishes without a word is kept for ${inWords(keptAfterVanishing.encoder)} and ${inWords(keptAfterVanishing.player)} at most.`,
      who: OPERATOR_COULD,
    },
    {
      id: 'rate-limits',
      title: 'Addresses in rate limits',
      what: 'How often an address has connected, created a stream or shown a wrong key, under a keyed hash of the address. The address itself is not kept for this.',
      why: 'So that nobody can guess keys or flood the server.',
      where: ['memory'],
      howLong: `${counting}. The secret behind the hashes is random, is in memory alone, and is replaced at the first use after ${rotation}, and whenever the server starts.`,
      who: OPERATOR_COULD,
    },
    {
      id: 'streams',
      title: 'Streams',
      what: `A random stream ID, whether the stream is live, and how many watch. Not who watches. A player that came by WHEP and has vanished is counted for ${inWords(keptAfterVanishing.player)} at most.${streamLog}`,
      why: 'Whoever has the ID can watch.',
      ...streamPlace,
      howLong: `Until the publisher ends the stream, or has been gone for ${grace}; in a room, until its participant leaves or stops offering it. A stream that nobody has published to: ${inWords(IDLE_FOR_AT_MOST_MS / 1_000)}.`,
      who: 'Those who have the ID, and the publisher.',
    },
    {
      id: 'past-streams',
      title: 'IDs of streams that have ended',
      what: 'A hash of the stream ID and a hash of its key.',
      why: 'So that nobody else can publish to those who still have the old link.',
      where: ['memory'],
      howLong: `${inWords(ID_RESERVATION_MS / 1_000)} after the stream has ended, or until the server stops.`,
      who: OPERATOR_COULD,
    },
    {
      id: 'encoders',
      title: 'What an encoder sends',
      what: 'Of sound and picture that come by WHIP: codec, profile, size, number of layers, bit rate, and how often key frames and B-frames come; and of up to eight viewers at a time, without saying which, how often they ask for a key frame and how many packets they miss. To learn that, the server looks into the packets for some seconds at the start, again when a size of the picture comes late, and at their headers for two seconds a minute.',
      why: 'To tell whoever publishes what to change in the encoder, so that everybody can watch.',
      where: ['memory'],
      howLong: 'As long as the encoder sends. Of the packets themselves nothing is kept.',
      who: 'Those who have the publish key.',
    },
    {
      id: 'keys',
      title: 'Keys',
      what: 'Of the key to publish a stream and of the key to host a room, only a hash, by which the server recognises them. One exception: a host key that passes to another participant is kept itself until that one has reconnected once or left. The sealed tokens by which a browser comes back after a drop, and with which the URLs of sessions by WHIP and WHEP end, are kept as they are; the ID of the stream or the name of the room is in them, which only the server can read. Those in a room are told the hash of its host key, to bring the room back after a restart of the server.',
      why: 'So that only those who have a key can use it.',
      where: ['memory'],
      howLong: `As long as the stream or room is there; tokens to come back by, until ${grace} after a drop, and ${inWords(REPLACED_REMEMBERED_MS / 1_000)} after another program has taken the stream over, so that the one before does not take it back; that a session by WHIP or WHEP is over, ${inWords(ENDED_KNOWN_MS / 1_000)} after its end.`,
      who: OPERATOR_COULD,
    },
    {
      id: 'room-names',
      title: 'Names of rooms',
      what: `Of a room without a password, its name in the clear. Of a room with one, a digest that browsers make of name and password; the password never reaches the server. Links to a room with a password carry its name behind the “#”, which browsers send to nobody; an address with “?room=” is sent when the page is loaded, and nothing is kept of that.${roomLog}`,
      why: 'So that those who want to meet find the same room.',
      ...roomPlace,
      howLong: `From the first participant until ${grace} after the last has left. One whose connection drops counts as there for ${grace}.`,
      who: OPERATOR_COULD,
    },
    {
      id: 'rooms',
      title: 'Who is in a room',
      what: `For each participant a random ID, whether they are host, and whether their browser finds the direct room too much work. For the room, whether it is locked and on the relay. While it changes to or from the relay, for how long each picture and sound stood still.`,
      why: 'To introduce those who come to those who are there, and to move a room without a gap.',
      where: ['memory'],
      howLong: `Until they leave, or have been gone for ${grace}. The reports of a change: until it is over.`,
      who: 'The others in the room. How long something stood still is shown to nobody, and is counted in the metrics without a name.',
    },
    {
      id: 'introductions',
      title: 'Introductions in a room',
      what: 'The server hands on what two browsers tell each other to build their direct link; their network addresses are in it. With a password the browsers seal it, and the server cannot read it. Without one it could, but does not.',
      why: 'Two browsers can only link up when a third introduces them.',
      where: [],
      howLong: 'Handed on at once, or dropped.',
      who: 'The participant it is for.',
    },
    {
      id: 'names-and-chat',
      title: 'Names of participants, and chat',
      what: 'What people call themselves and what they write goes from browser to browser over the direct links, also while the room is on the relay. It never reaches this server.',
      why: 'The server has no need of it.',
      where: [],
      howLong: 'This server has nothing of it to keep.',
      who: 'Everybody in the room.',
    },
    ...(server.clusterUrl ? [betweenServers()] : []),
  ];
}

/** Only where there are several. */
function betweenServers(): PrivacyEntry {
  return {
    id: 'between-servers',
    title: 'Between the servers of this service',
    what: 'This service can run on several servers. The one that you are connected to hands what you ask for on to the one that has the room or stream, and hands back what that one answers: sealed with a key that only these servers have, and with a keyed hash in place of your network address. So that they find each other, they store, under keyed hashes of their names, which server has a room or stream; of a room whether it is locked, whether it is on the relay, how often that has changed, and the hash of its host key; of a stream whether it is live, and a keyed hash of its key.',
    why: 'So that it does not matter which server you reach, and that a room outlives the end of one.',
    where: ['disk'],
    howLong: `What is handed on is kept nowhere. What is stored is taken back when the room or stream ends; a note that it was there, of a stream with the keyed hash of its key, goes after ${inWords(BUCKETS.rooms.ttlMs / 1_000)}, and so does what a server leaves that ends without a word.`,
    who: 'Nobody is shown it; whoever runs the exchange between the servers (NATS) could read what is stored, on its disk.',
  };
}

/** Something kept in memory that also stands in lines of the log, from some level on. */
function memoryAndLog(server: RunningServer, level: LogLevel): { where: PrivacyEntry['where']; log: string } {
  if (!isLogged(server, level)) return { where: ['memory'], log: '' };
  return { where: ['memory', 'log'], log: ' In the log it stands under a keyed hash.' };
}
