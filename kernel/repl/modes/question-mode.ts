import { editCommands, type } from '../edit/commands.ts';
import { keyBindings } from '../edit/key-bindings.ts';
import type { Mode } from './mode.ts';

/** The user's code asks: what is typed is the answer. */
export const questionMode: Mode = ({ state, runner }, { name, text }) => {
  const { question } = state.get();
  if (!question) return false;
  const { editor } = question;
  const command = keyBindings[name];
  if (name === 'enter') runner.answer(editor.text);
  else if (name === 'text') state.set({ question: { ...question, editor: type(editor, text) } });
  else if (command && command !== 'newline')
    state.set({ question: { ...question, editor: editCommands[command](editor) } });
  return true;
};
