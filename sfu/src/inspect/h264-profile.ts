/** A profile of ITU-T H.264, annex A. */
export interface H264Profile {
  name: string;
  /** Whether the decoders of common browsers know it: 8 bits, 4:2:0, one picture at a time. */
  decodable: boolean;
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
      return constraints & SET_1 ? constrainedBaseline : { name: 'Baseline', decodable: true };
    case 77:
      return constraints & SET_0 ? constrainedBaseline : { name: 'Main', decodable: true };
    case 88:
      return (constraints & (SET_0 | SET_1)) === (SET_0 | SET_1)
        ? constrainedBaseline
        : { name: 'Extended', decodable: false };
    case 100:
      if ((constraints & SET_4) === 0) return { name: 'High', decodable: true };
      return { name: constraints & SET_5 ? 'Constrained High' : 'Progressive High', decodable: true };
    case 110:
      return { name: `High 10${intra}`, decodable: false };
    case 122:
      return { name: `High 4:2:2${intra}`, decodable: false };
    case 244:
      return { name: intra ? 'High 4:4:4 Intra' : 'High 4:4:4 Predictive', decodable: false };
    default:
      return { name: otherNames.get(profileIdc) ?? `profile ${profileIdc}`, decodable: false };
  }
}

const constrainedBaseline: H264Profile = { name: 'Constrained Baseline', decodable: true };

const otherNames = new Map([
  [44, 'CAVLC 4:4:4 Intra'],
  [83, 'Scalable Baseline'],
  [86, 'Scalable High'],
  [118, 'Multiview High'],
  [128, 'Stereo High'],
]);
