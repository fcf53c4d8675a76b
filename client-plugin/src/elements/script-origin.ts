/** Where this script was loaded from: the server that an element speaks to unless it is told of another one. */
export const SCRIPT_ORIGIN = new URL(import.meta.url).origin;
