/** Where the media of a stream lies, as one source of one relay, and what the one who sends it is told. */
export interface StreamSource {
  readonly relayId: string;
  readonly sourceId: string;
  /** The process whose media node has the relay, where an owner before has opened it. */
  readonly inheritedFrom?: string | undefined;
  /**
   * Whether the stream is there to be watched before anything has been sent, and for as long as it is offered.
   * One that is not is watched from its first packet on, and ends some time after its last.
   */
  readonly offered: boolean;
  /** The session that sends, if there is one, and what kind of program it belongs to. */
  readonly sender: { sessionId: string; by: 'whip' | 'page' | 'room' } | undefined;
  /** Ensures that the relay exists before a viewer joins. @throws MeshliftError `SERVER_FULL` */
  open(): Promise<void>;
  /** How many want to watch, those included whose transport is being opened. */
  wantedBy(viewers: number): void;
  /** Something that can be shown to the one who sends has changed: the number of viewers, at most once a second. */
  viewersChanged(viewers: number): void;
  /** The stream has another ID. */
  renamed(): void;
  relayLost(): void;
  /** The stream has ended; or, if it is lost, another door has it now. */
  close(options?: { isLost: boolean }): Promise<void>;
}
