/**
 * Several sounds as one track, which stays the same while they come and go: those who receive it notice no
 * change of track. Browsers let it begin only after a click on the page.
 */
export class SoundMix {
  readonly #context = new AudioContext();
  readonly #output = this.#context.createMediaStreamDestination();
  readonly #inputs = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();

  get track(): MediaStreamTrack {
    const [track] = this.#output.stream.getAudioTracks();
    if (!track) throw new Error('A sound mix has a track from beginning to end.');
    return track;
  }

  /** Lets just these be heard. They stay their owner's: one that is disabled is silent in the mix. */
  set(tracks: readonly MediaStreamTrack[]): void {
    for (const [track, node] of this.#inputs) {
      if (tracks.includes(track)) continue;
      node.disconnect();
      this.#inputs.delete(track);
    }
    for (const track of tracks) {
      if (this.#inputs.has(track)) continue;
      const node = this.#context.createMediaStreamSource(new MediaStream([track]));
      node.connect(this.#output);
      this.#inputs.set(track, node);
    }
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.set([]);
    this.track.stop();
    if (this.#context.state !== 'closed') void this.#context.close().catch(() => undefined);
  }
}
