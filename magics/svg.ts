import type { Magic } from './magic.ts';
import { shownAs } from './shown-as.ts';

export const svg: Magic<void> = shownAs('svg', { what: 'SVG', mime: 'image/svg+xml' });
