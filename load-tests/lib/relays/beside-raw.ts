import { startMeshlift } from './meshlift.ts';
import { startRaw } from './raw.ts';

/** Meshlift, and what it stands on: what the one takes longer or needs more than the other is its own. */
export const besideRaw = { Meshlift: startMeshlift, 'raw worker': startRaw } as const;

export type BesideRaw = keyof typeof besideRaw;

export const namesBesideRaw = Object.keys(besideRaw) as BesideRaw[];
