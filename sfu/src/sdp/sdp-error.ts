import { MeshliftError } from '@meshlift/protocol';

/** What is said of an SDP that cannot be used. Texts tell the sender nothing that was not in it. */
export const SdpError = {
  /** It is not what it should be. */
  invalid: (reason: string, options?: ErrorOptions) =>
    new MeshliftError('SDP_INVALID', `The SDP cannot be used. ${reason}`, options),
  /** It is right, and asks for what is not served here. */
  unsupported: (reason: string) => new MeshliftError('SDP_UNSUPPORTED', reason),
};
