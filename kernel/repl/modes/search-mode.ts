import { editorOf, replaced } from '../edit/editor.ts';
import { findInHistory } from '../history-walk.ts';
import type { Search } from '../state.ts';
import type { Mode } from './mode.ts';

/** Ctrl-R: the newest cell that holds what is typed. */
export const searchMode: Mode = (repl, { name, text }) => {
  const { search } = repl.state.get();
  if (!search) return false;
  const history = repl.options.session.history;
  const look = (query: string, skip: number): void => {
    const found = findInHistory(history, query, skip);
    // The oldest one stays when there is none before it.
    if (found === undefined && skip > 0) return;
    repl.state.set({ search: { ...search, query, skip, found } });
  };
  if (name === 'text') look(search.query + text, 0);
  else if (name === 'backspace') look([...search.query].slice(0, -1).join(''), 0);
  else if (name === 'ctrl+r') look(search.query, search.skip + 1);
  else if (name === 'ctrl+s') look(search.query, Math.max(0, search.skip - 1));
  else {
    const isCancelled = name === 'escape' || name === 'ctrl+g';
    repl.state.set({ search: undefined });
    repl.setEditor(isCancelled ? search.before : found(search));
    // Any other key ends the search and does what it does.
    if (!isCancelled && name !== 'enter') repl.key({ name, text });
  }
  return true;
};

const found = ({ found, before }: Search) =>
  found === undefined ? before : replaced(editorOf(before.text), found);
