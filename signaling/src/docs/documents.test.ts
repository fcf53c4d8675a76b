import { expect, it } from 'vitest';
import { documents } from './documents.ts';

it('the tables in the documents say what the code says; `npm run docs` brings them up to date', async () => {
  for (const { stands, should } of await documents()) expect(stands).toBe(should);
});
