/** What one media section of an offer says, in short. */
export interface SectionSummary {
  kind: string;
  direction: string;
  /** Names in the order of preference, without repairs, comfort noise and dialling. */
  codecs: string[];
  /** Of simulcast by rid: in the order offered. */
  rids?: string[];
  /** Of simulcast by a group of SSRCs: how many. */
  simSsrcs?: number;
}

export interface OfferSummary {
  sections: SectionSummary[];
  candidates: number;
}

/** No codecs of sound or picture. */
const AUXILIARY = /^(rtx|red|ulpfec|flexfec-03|cn|telephone-event)$/i;

/**
 * Looks an offer through, line by line and without any parser's help, so that a parser can be held against
 * what it finds.
 */
export function summarise(sdp: string): OfferSummary {
  const [, ...media] = sdp.split(/^m=/m);
  return { sections: media.map(section), candidates: (sdp.match(/^a=candidate:/gm) ?? []).length };
}

function section(text: string): SectionSummary {
  const [kind = '', , , ...payloads] = (text.split('\r\n')[0] ?? '').split(' ');
  const direction = /^a=(sendonly|recvonly|sendrecv|inactive)\r$/m.exec(text)?.[1] ?? 'sendrecv';
  const names = payloads.flatMap((payload) => {
    const name = new RegExp(`^a=rtpmap:${payload} ([^/]+)`, 'm').exec(text)?.[1];
    return name && !AUXILIARY.test(name) ? [name] : [];
  });
  const rids = /^a=simulcast:send (\S+)/m.exec(text)?.[1]?.split(';');
  const sim = /^a=ssrc-group:SIM (.*)\r$/m.exec(text)?.[1]?.split(' ').length;
  return {
    kind,
    direction,
    codecs: [...new Set(names)],
    ...(rids ? { rids } : {}),
    ...(sim ? { simSsrcs: sim } : {}),
  };
}
