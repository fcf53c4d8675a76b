import type { DtlsParameters } from '@meshlift/protocol';

type Fingerprint = DtlsParameters['fingerprints'][number];

/** How many bytes the hashes of certificates have (RFC 8122, section 5). */
const BYTES: Record<Fingerprint['algorithm'], number> = {
  'sha-1': 20,
  'sha-224': 28,
  'sha-256': 32,
  'sha-384': 48,
  'sha-512': 64,
};

/** Whether a fingerprint is as long as its hash: no handshake would ever fit another one. */
export const isWholeHash = ({ algorithm, value }: Fingerprint): boolean =>
  value.split(':').length === BYTES[algorithm];
