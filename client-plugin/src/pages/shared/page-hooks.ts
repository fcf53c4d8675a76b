import type { Publication, View } from '../../index.ts';

/** What scripts beside the page, such as tests, may hold on to. */
export interface PageHooks {
  publication?: Publication;
  view?: View;
}

declare global {
  interface Window {
    meshlift?: PageHooks;
  }
}

export function exposeToScripts(hooks: PageHooks): void {
  window.meshlift = hooks;
}
