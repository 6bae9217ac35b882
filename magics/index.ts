import type { Magic } from './magic.ts';

/** Every magic. A test compares this list with the folder. */
export const magics: readonly Magic[] = [];
