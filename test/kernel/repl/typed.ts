import { type } from '../../../kernel/repl/edit/commands.ts';
import type { Editor } from '../../../kernel/repl/edit/editor.ts';

/** Types letters one after another. */
export const typeText = (editor: Editor, text: string): Editor => [...text].reduce(type, editor);
