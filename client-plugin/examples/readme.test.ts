import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const plain = (code: string) => code.replaceAll(';', '').replaceAll(/\s+/g, ' ');

it("README's PeerJS example is the one that the types are checked of", () => {
  const [, example = ''] = read('./peerjs/readme.ts').split(/\/\/ \/?README\n/);
  expect(example).toContain('mesh.add(');
  expect(plain(read('../../README.md'))).toContain(plain(example).trim());
});
