import { readFileSync } from 'node:fs';

/** One `m=` section of an offer of the corpus, as it was found without a parser. */
export interface CorpusSection {
  kind: 'audio' | 'video' | 'application';
  direction: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';
  /** Names in the order of preference, as written, without repairs, comfort noise and dialling. */
  codecs: string[];
  /** Of simulcast by rid: in the order offered. */
  rids?: string[];
  /** Of simulcast by a group of SSRCs: how many. */
  simSsrcs?: number;
}

/** Where an offer of the corpus comes from, and what it offers. */
export interface CorpusEntry {
  /** Beside this file; lines end with CRLF. */
  file: string;
  program: string;
  version: string;
  /**
   * `run`: the program made it, and addresses, ICE passwords and fingerprints were replaced by others of the
   * same form; `written`: by hand, after what is known of the program.
   */
  got: 'run' | 'written';
  settings: string;
  sections: CorpusSection[];
  candidates: number;
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/**
 * Offers of real programs, for tests. client-plugin/e2e/corpus/collect.ts brings those of the programs that are
 * installed up to date.
 */
export const corpus: readonly CorpusEntry[] = JSON.parse(read('./index.json'));

/** The offer of an entry. */
export function readCorpusOffer({ file }: Pick<CorpusEntry, 'file'>): string {
  return read(`./${file}`);
}
