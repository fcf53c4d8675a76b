import type { PrivacyEntry } from '@meshlift/protocol';
import type { RunningServer } from './running-server.ts';
import { inWords } from './words.ts';

/**
 * How much of what it sent mediasoup keeps to send again, by its own sources (`RtpStreamSend.hpp` and
 * `Consumer.cpp`), which a test holds these figures against.
 */
export const retransmission = { videoSeconds: 2, audioSeconds: 1, packetsAhead: 30 };

/** What becomes of sound and picture. */
export function mediaEntries({ iceServers }: RunningServer): PrivacyEntry[] {
  const { videoSeconds, audioSeconds, packetsAhead } = retransmission;
  const turn = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turn/i.test(url)));
  return [
    {
      id: 'relayed-media',
      title: 'Streams, and rooms on the relay',
      what: `The server receives sound and picture, decrypts each packet in its memory, and encrypts it again for each receiver. It could see and hear everything: relay mode is not encrypted end to end. The same holds for a participant of a direct room while somebody outside watches them. Between the parts of the server that do this work, all on one machine, it is not encrypted.`,
      why: 'To send once what many receive, and to each as much as their network carries.',
      where: ['memory'],
      howLong:
        'While it passes through, and for repeats as below. The program never records it or writes it to a file.',
      who: 'Those who watch or are in the room; and whoever controls the server could.',
    },
    {
      id: 'repeats',
      title: 'Packets kept for repeats',
      what: `For each receiver, the newest ${inWords(videoSeconds)} of picture and ${inWords(audioSeconds)} of sound that were sent, and up to ${packetsAhead} packets that came before the beginning of their picture.`,
      why: 'To send again what was lost on the way.',
      where: ['memory'],
      howLong: `${inWords(videoSeconds)} and ${inWords(audioSeconds)}, counted back from the newest packet. When nothing more is sent, those last packets stay until receiver or sender pauses or leaves.`,
      who: 'The receiver they were sent to; and whoever controls the server could.',
    },
    {
      id: 'mesh-media',
      title: 'Rooms that are direct',
      what: `Sound and picture go from browser to browser, encrypted between the two, and do not pass this server.${turn ? ' Where two browsers cannot reach each other, a TURN server named below passes the encrypted packets on.' : ''} To reach you, the browsers of the others learn your network address. These links stay for the chat when a room goes to the relay, which therefore hides no address inside a room.`,
      why: 'So that no server is needed to see and hear each other.',
      where: ['others'],
      howLong: 'This server has nothing of it to keep.',
      who: 'Everybody in the room.',
    },
  ];
}
