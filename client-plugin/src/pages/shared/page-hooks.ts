import type { Publication, Room, View } from '../../index.ts';

/** What scripts beside the page, such as tests, may hold on to. */
export interface PageHooks {
  publication?: Publication;
  view?: View;
  room?: Room;
}

declare global {
  interface Window {
    meshlift?: PageHooks;
  }
}

export function exposeToScripts(hooks: PageHooks): void {
  window.meshlift = hooks;
}
