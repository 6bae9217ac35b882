import type { Paint } from './theme.ts';

/** Lines of a value that are shown at once; of a longer one its begin and end. */
const most = 80;
const head = 60;
const tail = 10;

/** A long text with its middle left out, and a note of how much that is. */
export function foldText(text: string, paint: Paint): { shown: string; isFolded: boolean } {
  const lines = text.split('\n');
  if (lines.length <= most) return { shown: text, isFolded: false };
  const hidden = (lines.length - head - tail).toLocaleString('en');
  const note = paint('quiet', `... ${hidden} lines more (Ctrl-O opens all)`);
  return {
    shown: [...lines.slice(0, head), note, ...lines.slice(-tail)].join('\n'),
    isFolded: true,
  };
}
