/** The room that the page's address names; empty for the page of somebody who broadcasts. */
export function roomInAddress(): string {
  return new URLSearchParams(location.search).get('room')?.trim() ?? '';
}
