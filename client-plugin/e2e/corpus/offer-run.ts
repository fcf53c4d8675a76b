/** An offer as a program made it, before anything in it was replaced. */
export interface OfferRun {
  /** What it offers, in the words of a file's name. */
  what: string;
  /** How the program was told to. */
  settings: string;
  sdp: string;
}

/** All offers of one program. */
export interface ProgramRun {
  /** In the words of a file's name. */
  program: string;
  version: string;
  offers: OfferRun[];
}
