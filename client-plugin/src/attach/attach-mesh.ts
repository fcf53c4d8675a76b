import { AttachedMesh, type AttachOptions } from './attached-mesh.ts';

/**
 * Lets an application's own mesh move to the relay and back. The mesh goes on by itself until the server has let
 * this page in, which `ready` tells; see there for what may stand in the way.
 */
export function attachMesh(options: AttachOptions): AttachedMesh {
  return new AttachedMesh(options);
}
