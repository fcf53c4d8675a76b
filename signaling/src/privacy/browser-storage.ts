/** Something that the pages keep in the browser of whoever uses them. */
export interface StoredKey {
  /** As it is named in the storage; `<room>` stands for the name of a room. */
  key: string;
  /** `tab`: until the tab is closed. `browser`: until its user deletes it. */
  kind: 'tab' | 'browser';
  about: string;
}

/** All there is. The tests hold this against the pages' sources, and against what the pages store in use. */
export const storedKeys: readonly StoredKey[] = [
  {
    key: 'meshlift:source',
    kind: 'browser',
    about: 'what you chose to show last: camera, screen, the test picture, an encoder or nothing',
  },
  {
    key: 'meshlift:devices',
    kind: 'browser',
    about: 'which camera and microphone you chose, by the identifiers your browser gives them',
  },
  { key: 'meshlift:name', kind: 'browser', about: 'the name you gave yourself in a room' },
  {
    key: 'meshlift:told-of-address',
    kind: 'browser',
    about: 'that you have been told that others in a room can see your network address',
  },
  {
    key: 'meshlift:stream',
    kind: 'tab',
    about:
      'until you end it, your stream: its ID, its publish key, its source, when it began, when it was live last and the most who watched at one time',
  },
  {
    key: 'meshlift:stay:<room>',
    kind: 'tab',
    about:
      'until you leave the room: a random mark that tells this tab from a duplicate of it, your name in it, what you show, what you have muted, whether it went through the relay, when you came, the most who were there and watched at one time, how the room travelled and for how long it was relayed, the password if it has one, and the ID and publish key of the stream that your encoder sends, if you show what one sends',
  },
  { key: 'meshlift:host:<room>', kind: 'tab', about: 'the key that lets you change a room you are host of' },
];
