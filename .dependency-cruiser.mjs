// Which parts of the repository may import which. ARCHITECTURE.md, "Folders", draws the same arrows.
// A rule names the file that imports what it may not; to let it is to add it to an exception below, with its reason.

/** Every part, and the other parts that it may import. */
const PARTS = {
  'signaling/protocol': [],
  'signaling/cluster': ['signaling/protocol'],
  'sfu/telemetry': [],
  'sfu/worker': [],
  'sfu/src': ['signaling/protocol', 'signaling/cluster', 'sfu/telemetry', 'sfu/worker'],
  'signaling/src': ['signaling/protocol', 'signaling/cluster', 'sfu/telemetry', 'sfu/src'],
  // It starts the server and gets the worker, and nothing of them imports it.
  'signaling/setup': ['signaling/src', 'sfu/worker'],
  // Runs in browsers: nothing of the server, whose schemas and error codes alone it shares.
  'client-plugin/src': ['signaling/protocol'],
  'client-plugin/examples': ['client-plugin/src'],
  'client-plugin/e2e': ['client-plugin/src', 'client-plugin/examples', 'signaling/protocol'],
};

/** The folders of one part, from the first on the way of the data to the last. Each imports only later ones. */
const FOLDERS = {
  'sfu/src': ['node', 'sdp', 'media', 'cascade', 'inspect', 'workers', 'rtp'],
  // Those in one list stand beside each other, and import nothing of each other.
  'signaling/src': [
    'docs',
    // The composition: the files that stand in no folder.
    '.',
    'privacy',
    ['whip', 'sockets'],
    'http',
    'rooms',
    'streams',
    'sessions',
    'cluster',
    'access',
    'config',
  ],
};

/** What puts the server together, and may know the media node's implementation. */
const COMPOSITION = ['signaling/src/server.ts', 'signaling/src/media-service.ts'];

/** Files beside the composition that import from sfu. */
const KNOW_SFU = [
  // Types of what the configuration is for: `ListenAddress` and `PortRange`.
  'signaling/src/config/config.ts',
  'signaling/src/config/media-addresses.ts',
  // A figure of the inventory: how long the path of a program that vanished is kept.
  'signaling/src/privacy/people-entries.ts',
];

/** What elements import from pages, until it has moved to the elements. */
const ELEMENTS_FROM_PAGES = {
  'player.ts': ['shared/long-session.ts', 'watch/playback.ts'],
  'player-overlay.ts': [
    'shared/icons.ts',
    'shared/stream-facts.ts',
    'watch/fullscreen.ts',
    'watch/playback.ts',
    'watch/quality-menu.ts',
    'watch/text.ts',
    'watch/volume-control.ts',
  ],
  'player-styles.ts': ['shared/control-styles.ts', 'shared/stream-facts.ts', 'shared/styles.ts'],
  'tokens.ts': ['shared/theme.css'],
  'room/room.ts': [
    'shared/error-words.ts',
    'shared/host-key.ts',
    'shared/long-session.ts',
    'studio/room/arrivals.ts',
    'studio/room/spotlight.ts',
    'studio/room/stay-record.ts',
    'studio/room/switching.ts',
    'studio/room/tile-layout.ts',
    'studio/source-error.ts',
  ],
  'room/own-media.ts': [
    'shared/error-words.ts',
    'studio/capture.ts',
    'studio/lost-devices.ts',
    'studio/source-error.ts',
    'studio/source.ts',
  ],
  'room/room-doorway.ts': ['shared/notice.ts', 'studio/room/stay-summary.ts', 'studio/room/text.ts'],
  'room/room-inside.ts': [
    'shared/confirmation.ts',
    'shared/icons.ts',
    'shared/notice.ts',
    'shared/stream-facts.ts',
    'studio/room/relay-notices.ts',
    'studio/room/switching.ts',
    'studio/room/text.ts',
    'studio/source-notices.ts',
  ],
  'room/room-tiles.ts': ['shared/icons.ts', 'studio/room/text.ts', 'studio/room/tile-layout.ts'],
  'room/room-styles.ts': [
    'shared/confirmation.ts',
    'shared/notice.ts',
    'shared/plate-styles.ts',
    'shared/styles.ts',
  ],
};

/** What elements and pages import of the plugin beside its public API, `index.ts`. */
const NOT_PUBLIC = {
  // The plugin's own emitter, which is no part of its API.
  'elements/embed-controller.ts': ['emitter.ts'],
  // Loads the relay's part before it is needed; the API has no word for that.
  'pages/studio/studio-page.ts': ['relay/load-relay.ts'],
  // A product feature that is no part of the plugin.
  'pages/studio/open-source.ts': ['test-picture/test-picture.ts'],
};

/** Files that import each other in circles, through types alone on the way back. */
const CIRCLES = [
  // The parts of a component know the class of the whole.
  'client-plugin/src/elements/player-overlay.ts',
  'client-plugin/src/elements/player.ts',
  'client-plugin/src/elements/room/room-doorway.ts',
  'client-plugin/src/elements/room/room-inside.ts',
  'client-plugin/src/elements/room/room-tiles.ts',
  'client-plugin/src/elements/room/room.ts',
];

/** Tests stand beside what they test and reach further: they start the whole server, and look at it as clients do. */
const TESTS = '\\.test\\.ts$|\\.contract\\.ts$|/testing/';

const literal = (path) => path.replaceAll('.', '\\.');
const anyOf = (paths) => `^(?:${paths.map(literal).join('|')})`;
const inside = (part) => `${literal(part)}/`;

const partRules = Object.entries(PARTS).map(([part, mayImport]) => {
  const others = Object.keys(PARTS).filter((other) => other !== part && !mayImport.includes(other));
  const allowed = mayImport.length === 0 ? 'no other part' : `only ${mayImport.join(', ')}`;
  return {
    name: `${part} imports ${allowed}`,
    comment: 'Move what both need to a part that both may import, or pass it in from where they meet.',
    severity: 'error',
    from: { path: `^${inside(part)}` },
    to: { path: `^(?:${others.map(inside).join('|')})` },
  };
});

const nobodyImports = {
  name: 'nobody imports load-tests and docker',
  severity: 'error',
  from: { path: `^(?:${Object.keys(PARTS).map(inside).join('|')})` },
  to: { path: '^(?:load-tests|docker)/' },
};

const filesOf = (part, folder) => (folder === '.' ? `^${inside(part)}[^/]+$` : `^${inside(part)}${folder}/`);

const folderRules = Object.entries(FOLDERS).flatMap(([part, order]) => {
  const floors = order.map((floor) => [floor].flat());
  const known = floors.flat().filter((folder) => folder !== '.');
  const rules = floors.flatMap((floor, index) =>
    floor.map((folder) => {
      const earlier = floors.slice(0, index).flat();
      const beside = floor.filter((other) => other !== folder);
      const files = [...earlier, ...beside].map((other) => filesOf(part, other));
      // What stands in no folder of a part without a composition is its public face.
      if (!floors.flat().includes('.')) files.push(filesOf(part, '.'));
      const later = floors
        .slice(index + 1)
        .flat()
        .join(', ');
      return {
        name: `${part}/${folder} imports ${later === '' ? 'no other folder' : `only ${later}`}`,
        comment: 'Data goes one way through the folders. Move the import, or what is imported, further down.',
        severity: 'error',
        from: { path: filesOf(part, folder), pathNot: TESTS },
        to: { path: files.join('|') },
      };
    }),
  );
  const unlisted = {
    name: `every folder of ${part} has its place in the order`,
    comment: 'Add the folder to FOLDERS in .dependency-cruiser.mjs, where it stands on the way of the data.',
    severity: 'error',
    from: { path: `^${inside(part)}(?!(?:${[...known, 'testing'].join('|')})/)[^/]+/` },
    to: {},
  };
  return [...rules.filter(({ to }) => to.path !== ''), unlisted];
});

const exceptionsOf = (pairs, from, to) =>
  Object.entries(pairs).map(([file, targets]) => ({
    from: `^${literal(from + file)}$`,
    to: `${anyOf(targets.map((target) => to + target))}$`,
  }));

function importsOf(pairs, from, to) {
  return Object.entries(pairs).flatMap(([file, targets]) =>
    targets.map((target) => ({ from: from + file, to: to + target })),
  );
}

/** A rule for all files but those with exceptions, and one for each of these. */
function ruleWithExceptions(rule, excepted) {
  const { name, comment, from, to } = rule;
  const others = { path: from, pathNot: [TESTS, ...excepted.map((exception) => exception.from)] };
  return [
    { name, comment, severity: 'error', from: others, to },
    ...excepted.map((exception) => ({
      name,
      comment,
      severity: 'error',
      from: { path: exception.from },
      to: { ...to, pathNot: [...(to.pathNot ?? []), exception.to] },
    })),
  ];
}

const clientRules = [
  {
    name: 'the plugin imports neither elements nor pages',
    severity: 'error',
    from: { path: '^client-plugin/src/(?!elements/|pages/)' },
    to: { path: '^client-plugin/src/(?:elements|pages)/' },
  },
  {
    name: 'browser code imports nothing of Node.js',
    severity: 'error',
    from: { path: '^(?:client-plugin/src|signaling/protocol/src)/', pathNot: TESTS },
    to: { dependencyTypes: ['core'] },
  },
  ...ruleWithExceptions(
    {
      name: 'elements import nothing of the pages',
      comment: 'Pages are made of elements. Move what both need to the elements.',
      from: '^client-plugin/src/elements/',
      to: { path: '^client-plugin/src/pages/' },
    },
    exceptionsOf(ELEMENTS_FROM_PAGES, 'client-plugin/src/elements/', 'client-plugin/src/pages/'),
  ),
  ...ruleWithExceptions(
    {
      name: 'elements and pages use the public API of the plugin',
      comment: 'Export it from client-plugin/src/index.ts, if other applications could use it too.',
      from: '^client-plugin/src/(?:elements|pages)/',
      to: {
        path: '^client-plugin/src/(?!elements/|pages/)',
        pathNot: ['^client-plugin/src/index\\.ts$'],
      },
    },
    exceptionsOf(NOT_PUBLIC, 'client-plugin/src/', 'client-plugin/src/'),
  ),
];

const serverRules = [
  {
    name: 'only the composition knows the implementation of the media node',
    comment: 'Use the MediaNode interface of signaling/protocol.',
    severity: 'error',
    from: { path: '^signaling/src/', pathNot: [TESTS, `${anyOf([...COMPOSITION, ...KNOW_SFU])}$`] },
    to: { path: '^sfu/src/' },
  },
];

const everywhere = [
  {
    name: 'only tests import what is for tests',
    severity: 'error',
    from: {
      path: `^(?:${Object.keys(PARTS).map(inside).join('|')})`,
      pathNot: [TESTS, '^client-plugin/e2e/'],
    },
    to: { path: TESTS },
  },
  {
    name: 'no circles',
    comment: 'Two files that import each other are one, or hide a third that both could import.',
    severity: 'error',
    from: { pathNot: `${anyOf(CIRCLES)}$` },
    to: { circular: true },
  },
  { name: 'every import is found', severity: 'error', from: {}, to: { couldNotResolve: true } },
];

/** Every exception: an import that a rule would forbid, and the files that may stand in circles. */
export const exceptions = {
  imports: [
    ...KNOW_SFU.map((from) => ({ from, to: 'sfu/src/index.ts' })),
    ...importsOf(ELEMENTS_FROM_PAGES, 'client-plugin/src/elements/', 'client-plugin/src/pages/'),
    ...importsOf(NOT_PUBLIC, 'client-plugin/src/', 'client-plugin/src/'),
  ],
  circles: CIRCLES,
};

export default {
  forbidden: [...partRules, nobodyImports, ...folderRules, ...serverRules, ...clientRules, ...everywhere],
  options: {
    // TypeScript as it is written, imports of types included.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist|node_modules)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
