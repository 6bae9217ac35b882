import type { Magic } from './magic.ts';
import { shownAs } from './shown-as.ts';

export const latex: Magic<void> = shownAs('latex', { what: 'LaTeX', mime: 'text/latex' });
