const receivers = new WeakMap<MediaStreamTrack, RTCRtpReceiver>();

/** WebRTC leads from a receiver to its track and not back, and a track has no statistics of its own. */
export function rememberReceiver(track: MediaStreamTrack, receiver: RTCRtpReceiver | undefined): void {
  if (receiver) receivers.set(track, receiver);
}

/** The receiver that a remote track came from, where one was remembered. */
export function receiverOf(track: MediaStreamTrack): RTCRtpReceiver | undefined {
  return receivers.get(track);
}
