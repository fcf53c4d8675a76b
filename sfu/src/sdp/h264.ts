import {
  Profile,
  ProfileLevelId,
  parseSdpProfileLevelId,
  profileLevelIdToString,
} from 'h264-profile-level-id';
import type { SdpCodec } from './codecs.ts';

type Parameters = SdpCodec['parameters'];

/**
 * What everything with 8 bits and 4:2:0 is offered to viewers as. Programs announce a profile of which their encoder
 * knows nothing (OBS says constrained baseline whatever it sends), browsers name those of one build or another, and
 * their decoders go by the parameter sets in the stream and take all of these.
 */
const SERVED_AS = Profile.ConstrainedBaseline;
const SERVED = new Set([
  Profile.ConstrainedBaseline,
  Profile.Baseline,
  Profile.Main,
  Profile.ConstrainedHigh,
  Profile.High,
]);

/**
 * The parameters under which an H.264 stream is offered to viewers. A stream in single NAL unit mode is one in
 * non-interleaved mode as well (RFC 6184, sections 6.2 and 6.3), so it goes by that.
 */
export function servedH264(parameters: Parameters): Parameters {
  return modeOf(parameters) > 1 ? parameters : { ...relabelled(parameters), 'packetization-mode': 1 };
}

/** What a viewer that offers these parameters can be sent. */
export function receivedH264(parameters: Parameters): Parameters {
  return modeOf(parameters) === 1 ? relabelled(parameters) : parameters;
}

const modeOf = (parameters: Parameters) => Number(parameters['packetization-mode'] ?? 0);

function relabelled(parameters: Parameters): Parameters {
  const named = parseSdpProfileLevelId(parameters);
  if (!named || !SERVED.has(named.profile)) return parameters;
  const id = profileLevelIdToString(new ProfileLevelId(SERVED_AS, named.level));
  return id ? { ...parameters, 'profile-level-id': id } : parameters;
}
