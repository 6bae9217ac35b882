import { accept, type CompletionMenu, refined, select } from '../completion-menu.ts';
import { editCommands, type } from '../edit/commands.ts';
import { emptyEditor } from '../edit/editor.ts';
import type { Repl } from '../repl.ts';
import type { Mode } from './mode.ts';

const moves: Readonly<Record<string, number>> = {
  tab: 1,
  down: 1,
  'ctrl+n': 1,
  'shift+tab': -1,
  up: -1,
  'ctrl+p': -1,
  pagedown: 8,
  pageup: -8,
};

/** The completion menu is open: keys choose in it, and what is typed narrows it. */
export const menuMode: Mode = (repl, { name, text }) => {
  const { menu, editor } = repl.state.get();
  if (!menu) return false;
  const move = moves[name];
  if (move !== undefined) show(repl, select(menu, move));
  else if (name === 'enter' || name === 'right') repl.setEditor(accept(editor, menu));
  else if (name === 'escape') repl.state.set({ menu: undefined });
  else if (name === 'text' || name === 'backspace') {
    const next = name === 'text' ? type(editor, text) : editCommands.deleteBack(editor);
    repl.setEditor(next);
    const narrower = next === emptyEditor ? undefined : refined(menu, next);
    if (narrower) show(repl, narrower);
  } else return false;
  return true;
};

function show(repl: Repl, menu: CompletionMenu): void {
  repl.state.set({ menu });
  void repl.help.document(menu);
}
