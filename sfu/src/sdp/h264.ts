import {
  Profile,
  ProfileLevelId,
  parseSdpProfileLevelId,
  profileLevelIdToString,
} from 'h264-profile-level-id';
import type { SdpCodec } from './codecs.ts';

type Parameters = SdpCodec['parameters'];

/**
 * What decodes everything of a profile that encoders in the field make of it. No encoder uses what baseline has
 * over constrained baseline (RFC 6184, section 8.1, table 5), and what is constrained high is high as well.
 */
const SERVED_AS = new Map<Profile, Profile>([
  [Profile.Baseline, Profile.ConstrainedBaseline],
  [Profile.ConstrainedHigh, Profile.High],
]);

/**
 * The parameters under which an H.264 stream is offered to viewers. A stream in single NAL unit mode is one in
 * non-interleaved mode as well (RFC 6184, section 6.2 and 6.3), so it goes by that.
 */
export function servedH264(parameters: Parameters): Parameters {
  const mode = Number(parameters['packetization-mode'] ?? 0);
  if (mode > 1) return parameters;
  const offered = parseSdpProfileLevelId(parameters);
  const profile = offered && (SERVED_AS.get(offered.profile) ?? offered.profile);
  const id = offered && profile && profileLevelIdToString(new ProfileLevelId(profile, offered.level));
  return { ...parameters, 'packetization-mode': 1, ...(id && { 'profile-level-id': id }) };
}
