/** Few people send from an encoder: nobody else loads what it takes. */
export const loadEncoder = () => import('./encoder-parts.ts');
