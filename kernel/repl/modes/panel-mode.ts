import { insert } from '../edit/commands.ts';
import { panelKey } from '../panels/panel.ts';
import type { Mode } from './mode.ts';

/** A panel is open: keys move in it. */
export const panelMode: Mode = (repl, { name, text }) => {
  const { panel, editor } = repl.state.get();
  if (!panel) return false;
  const next = panelKey(panel, name === 'text' ? text : name);
  if (!isNames(next)) repl.state.set({ panel: next });
  else {
    repl.state.set({ panel: undefined });
    const isOpen = editor.text === '' || /[\s(,]$/.test(editor.text.slice(0, editor.cursor));
    repl.setEditor(insert(editor, `${isOpen ? '' : ' '}${next.join(' ')}`));
  }
  return true;
};

const isNames = (next: ReturnType<typeof panelKey>): next is readonly string[] => Array.isArray(next);
