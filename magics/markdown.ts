import type { Magic } from './magic.ts';
import { shownAs } from './shown-as.ts';

export const markdown: Magic<void> = shownAs('markdown', { what: 'Markdown', mime: 'text/markdown' });
