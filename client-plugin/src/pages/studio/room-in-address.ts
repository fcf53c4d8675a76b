import { inFragment } from './address-fragment.ts';

/** The room that the page's address names, openly or behind its `#`; empty for the page of somebody who broadcasts. */
export function roomInAddress(): string {
  const room = new URLSearchParams(location.search).get('room') ?? inFragment(location.hash, 'room');
  return room?.trim() ?? '';
}
