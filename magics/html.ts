import type { Magic } from './magic.ts';
import { shownAs } from './shown-as.ts';

export const html: Magic<void> = shownAs('html', { what: 'HTML', mime: 'text/html' });
