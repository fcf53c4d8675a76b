/** What this page can open and send by itself. */
export const localKinds = ['camera', 'microphone', 'screen', 'test'] as const;
export const sourceKinds = [...localKinds, 'encoder'] as const;
export type SourceKind = (typeof sourceKinds)[number];
/** What somebody can settle for: in a room it is possible to send nothing. */
export type SourceChoice = SourceKind | 'none';
export type MediaKind = 'audio' | 'video';

/** Which devices to open, by the browser's device ID; whatever the browser likes best where none is named. */
export interface ChosenDevices {
  camera?: string;
  microphone?: string;
}
