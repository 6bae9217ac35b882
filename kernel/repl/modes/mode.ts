import type { KeyPress } from '../key-press.ts';
import type { Repl } from '../repl.ts';

/** Takes a key while it is on; false leaves it to the next one. */
export type Mode = (repl: Repl, press: KeyPress) => boolean;
