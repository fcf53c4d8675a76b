import { describe, expect, it } from 'vitest';
import { audioSection, offerOf, receiving, videoSection } from '../testing/sdp-offers.ts';
import { corpus, readCorpusOffer } from './corpus/corpus.ts';
import { parseOffer } from './offer.ts';

/** Programs whose players find a track without its SSRC. */
const FIND_TRACKS = ['aiortc', 'chromium', 'firefox', 'gstreamer'];

const players = corpus.filter(({ file }) => /-(?:watch|both)-/.test(file));

describe('an offer of a player that needs SSRCs', () => {
  it.each(players)('is told from others: $file', (entry) => {
    const { needsSsrcs } = parseOffer(readCorpusOffer(entry));
    expect(needsSsrcs).toBe(!FIND_TRACKS.includes(entry.program));
  });

  it('is any that is not known, even if it writes the origin as libwebrtc does', () => {
    const like = (changes = {}) => offerOf([receiving(audioSection()), receiving(videoSection(changes))]);
    expect(parseOffer(like()).needsSsrcs).toBe(false);
    expect(parseOffer(like({ extensions: {} })).needsSsrcs).toBe(true);
    expect(parseOffer(like().replace('o=- ', 'o=someone ')).needsSsrcs).toBe(true);
    expect(parseOffer(like().replace('IP4 127.0.0.1', 'IP4 0.0.0.0')).needsSsrcs).toBe(true);
  });
});
