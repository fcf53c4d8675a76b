/** A profile of ITU-T H.264, annex A. */
export interface H264Profile {
  name: string;
  /** How much a decoder must know: 0 constrained baseline and baseline, 1 main, 2 high, 3 what browsers lack. */
  demand: 0 | 1 | 2 | 3;
}

const SET_0 = 0x80;
const SET_1 = 0x40;
const SET_3 = 0x10;
const SET_4 = 0x08;
const SET_5 = 0x04;

/**
 * @param profileIdc `profile_idc`
 * @param constraints the byte behind it, whose highest bits are `constraint_set0_flag` and those after it
 */
export function h264Profile(profileIdc: number, constraints: number): H264Profile {
  const intra = constraints & SET_3 ? ' Intra' : '';
  switch (profileIdc) {
    case 66:
      return constraints & SET_1 ? constrainedBaseline : { name: 'Baseline', demand: 0 };
    case 77:
      return constraints & SET_0 ? constrainedBaseline : { name: 'Main', demand: 1 };
    case 88:
      return (constraints & (SET_0 | SET_1)) === (SET_0 | SET_1)
        ? constrainedBaseline
        : { name: 'Extended', demand: 3 };
    case 100:
      if ((constraints & SET_4) === 0) return { name: 'High', demand: 2 };
      return { name: constraints & SET_5 ? 'Constrained High' : 'Progressive High', demand: 2 };
    case 110:
      return { name: `High 10${intra}`, demand: 3 };
    case 122:
      return { name: `High 4:2:2${intra}`, demand: 3 };
    case 244:
      return { name: intra ? 'High 4:4:4 Intra' : 'High 4:4:4 Predictive', demand: 3 };
    default:
      return { name: otherNames.get(profileIdc) ?? `profile ${profileIdc}`, demand: 3 };
  }
}

const constrainedBaseline: H264Profile = { name: 'Constrained Baseline', demand: 0 };

const otherNames = new Map([
  [44, 'CAVLC 4:4:4 Intra'],
  [83, 'Scalable Baseline'],
  [86, 'Scalable High'],
  [118, 'Multiview High'],
  [128, 'Stereo High'],
]);

/** The profile that SDP announces as `profile-level-id` (RFC 6184, section 8.1); `undefined` for other text. */
export function announcedProfile(profileLevelId: unknown): H264Profile | undefined {
  const text = String(profileLevelId ?? '');
  if (!/^[0-9a-f]{6}$/i.test(text)) return undefined;
  return h264Profile(Number.parseInt(text.slice(0, 2), 16), Number.parseInt(text.slice(2, 4), 16));
}
