import type { Peer } from 'peerjs';
import type { Instance } from 'simple-peer';
import type { PeerJsMesh } from '../../src/attach/peerjs-adapter.ts';
import type { SimplePeerMesh } from '../../src/attach/simple-peer-adapter.ts';
import type { AttachedMesh } from '../../src/index.ts';

/** What an example lets the console, and tests, play with once it is in a room. */
export type Example =
  | { library: 'PeerJS'; mesh: PeerJsMesh; peer: Peer; lift: AttachedMesh }
  | {
      library: 'simple-peer';
      mesh: SimplePeerMesh;
      peers: ReadonlyMap<string, Instance>;
      lift: AttachedMesh;
    };

declare global {
  interface Window {
    example: Example;
  }
}
