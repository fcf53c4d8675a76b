import type { PrivacyPlace } from '@meshlift/protocol';

export const text = {
  heading: 'What this server knows',
  intro: (host: string) =>
    `What ${host} handles of yours, why, where, for how long, and who can see it. This page is made from the settings that are in force now.`,
  operatorTitle: 'Who runs this server',
  nobody: 'Whoever runs this server has not said who they are.',
  noContact: 'They have not said how they can be reached.',
  noName: 'Whoever runs this server has not given a name.',
  contact: 'Questions go to',
  contents: 'On this page',
  why: 'Why',
  howLong: 'How long',
  who: 'Who can see it',
  cannotKnowTitle: 'What this page cannot know',
  cannotKnow: 'What it cannot know',
  asData: 'The same as data',
  home: 'Front page',
  loading: 'Asking the server…',
  failedTitle: 'The server did not say',
  failedBody: 'It cannot be reached, or its answer could not be read. Check that you are online.',
  again: 'Try again',
};

export const placeNames: Record<PrivacyPlace, string> = {
  memory: 'In memory',
  disk: 'On disk',
  log: 'In the log',
  metrics: 'In metrics',
  browser: 'In your browser',
  others: 'With others',
};

export const nowhere = 'Not kept';
