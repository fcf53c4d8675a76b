/**
 * Where each bandwidth estimate starts, in bit/s: a browser's of its uplink, and the relay's of a viewer's downlink. It
 * is enough for all layers at once. On a narrower network the estimate falls within a second or two; from lower down it
 * takes seconds to climb, each time after nobody has watched.
 */
export const FIRST_BANDWIDTH_ESTIMATE = 2_000_000;
