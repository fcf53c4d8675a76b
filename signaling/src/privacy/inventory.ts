import type { PrivacyPolicy } from '@meshlift/protocol';
import { browserEntries } from './browser-entries.ts';
import { mediaEntries } from './media-entries.ts';
import { peopleEntries } from './people-entries.ts';
import { recordEntries } from './record-entries.ts';
import type { RunningServer } from './running-server.ts';

/**
 * What this server collects, why, where, for how long and by whom. It says what the code does: whoever changes
 * what is kept, or for how long, changes it here too. Figures come from the constants and the configuration
 * that the code itself goes by.
 */
export function privacyPolicy(server: RunningServer): PrivacyPolicy {
  const { operatorName: name, operatorContact: contact } = server;
  return {
    operator: { ...(name === undefined ? {} : { name }), ...(contact === undefined ? {} : { contact }) },
    sections: [
      { id: 'media', title: 'Sound and picture', entries: mediaEntries(server) },
      { id: 'people', title: 'People, streams and rooms', entries: peopleEntries(server) },
      { id: 'records', title: 'Records', entries: recordEntries(server) },
      { id: 'browser', title: 'Your browser', entries: browserEntries(server) },
    ],
    cannotKnow: cannotKnow(server),
  };
}

function cannotKnow({ allowedOrigins, logLevel, trustedProxies }: RunningServer): string[] {
  return [
    'Whether the program was changed. This page describes the program as it was published; a changed one could do, and say, anything.',
    'What the machine, its host and the networks on the way record. Addresses of pages contain stream IDs and names of rooms.',
    ...(trustedProxies > 0
      ? [
          'What the proxies record that this server is set up to stand behind. All that it is sent passes them.',
        ]
      : []),
    logLevel === 'silent'
      ? 'What becomes of the metrics once they have been read.'
      : 'What becomes of log lines and metrics once this server has written them.',
    'What the people you meet, and those who watch you, do with what they see and hear. Any of them can record it.',
    ...(allowedOrigins.length > 0
      ? [
          "What other sites collect that use this server from pages of their own. Its operator's settings allow that.",
        ]
      : []),
  ];
}
