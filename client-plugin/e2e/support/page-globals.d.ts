import type { Publication, Room, View } from '../../src/index.ts';

declare global {
  interface Window {
    /** What the pages expose for automation. */
    meshlift: { publication: Publication; view: View; room: Room };
  }
}
