import type { Magic } from './magic.ts';
import { time } from './time.ts';
import { timeit } from './timeit.ts';

/** The magics that take code. They load fast: whether a cell is complete is asked at every line that is typed. */
export const codeMagics: readonly Magic[] = [time, timeit];
