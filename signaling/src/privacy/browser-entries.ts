import type { PrivacyEntry } from '@meshlift/protocol';
import { TURN_CREDENTIALS_FOR_MS, wantsCredentials } from '../config/ice-servers.ts';
import { storedKeys } from './browser-storage.ts';
import { otherHosts } from './other-hosts.ts';
import type { RunningServer } from './running-server.ts';
import { inWords } from './words.ts';

/** What the pages ask of the browser that shows them. */
export function browserEntries(server: RunningServer): PrivacyEntry[] {
  return [
    {
      id: 'cookies',
      title: 'Cookies',
      what: 'None.',
      why: 'Nobody needs to be recognised from one visit to the next.',
      where: [],
      howLong: 'Nothing is kept.',
      who: 'Nobody.',
    },
    {
      id: 'browser-storage',
      title: 'What the pages remember in your browser',
      what: 'A few settings, and what a tab needs to come back after a reload. Nothing of it is sent to this server but the ID of your stream and the keys, which prove that a stream or a room is yours.',
      why: 'So that a reload does not end your stream or put you out of a room, and you are not asked the same thing twice.',
      where: ['browser'],
      howLong:
        'What is marked "tab" goes when the tab is closed, at the latest. The rest stays until you delete the data of this site in your browser.',
      who: 'Whoever uses this browser.',
      items: storedKeys.map(({ key, kind, about }) => ({ name: key, about: `${kind}: ${about}` })),
    },
    otherHostsEntry(server),
  ];
}

function otherHostsEntry({ iceServers, turnSecret }: RunningServer): PrivacyEntry {
  const hosts = otherHosts(iceServers);
  const common = { id: 'other-hosts', title: 'Other hosts' };
  if (hosts.length === 0) {
    return {
      ...common,
      what: 'None. The pages load everything from this server, and browsers are told to contact no other but those of the people in your room.',
      why: 'Whoever is contacted learns your network address.',
      where: [],
      howLong: 'Nothing is kept.',
      who: 'Nobody.',
    };
  }
  const credentials =
    turnSecret !== undefined && iceServers.some(wantsCredentials)
      ? ` What a TURN server lets you in by is a random name, made for each connection and good for ${inWords(TURN_CREDENTIALS_FOR_MS / 1_000)}; this server does not keep it.`
      : '';
  return {
    ...common,
    what:
      'The pages load everything from this server. For sound and picture browsers are told to contact these hosts besides. Each learns your network address and when you use it.' +
      credentials,
    why: 'Some networks let browsers reach each other, or this server, in no other way.',
    where: ['others'],
    howLong: 'For those who run these hosts to say.',
    who: 'Those who run these hosts.',
    items: hosts.map(({ host, kind }) => ({ name: host, about: aboutKind[kind] })),
  };
}

const aboutKind = {
  STUN: 'STUN: tells a browser its own address',
  TURN: 'TURN: passes encrypted packets on',
};
