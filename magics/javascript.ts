import type { Magic } from './magic.ts';
import { shownAs } from './shown-as.ts';

export const javascript: Magic<void> = shownAs('javascript', {
  what: 'JavaScript',
  verb: 'Run',
  mime: 'application/javascript',
});
