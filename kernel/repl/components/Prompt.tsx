import { Text, useCursor } from 'ink';
import type { ReactNode } from 'react';
import { editorOf } from '../edit/editor.ts';
import { type Layout, layout } from '../edit/layout.ts';
import type { ReplState } from '../state.ts';
import type { Room } from './room.ts';

type PromptProps = Room & {
  readonly state: Pick<ReplState, 'editor' | 'count' | 'search' | 'question' | 'queued'>;
};

/** The text that is being typed, or the answer to a question, with the terminal's cursor in it. */
export function Prompt(props: PromptProps): ReactNode {
  const { rows, cursor } = promptLayout(props);
  const { setCursorPosition } = useCursor();
  setCursorPosition(cursor);
  return <Text wrap="truncate">{rows.join('\n')}</Text>;
}

/** Rows of the prompt, and the cursor among them. */
export function promptLayout({ state, columns, rows, paint }: PromptProps): Layout {
  const { editor, count, search, question, queued } = state;
  const room = { columns, rows, paint };
  if (question) {
    const lines = question.prompt.split('\n');
    const label = lines.at(-1)!;
    const mask = question.password ? { mask: '•' } : {};
    return layout(question.editor, { ...room, ...mask, prompts: [label, ' '.repeat(label.length)] });
  }
  if (search) {
    const label = `(search) ${search.query}: `;
    const found = search.found ?? '';
    const at = Math.max(0, found.indexOf(search.query));
    return layout(editorOf(found, at), { ...room, prompts: [paint('quiet', label), ' '.repeat(4)] });
  }
  const label = `In [${count + queued.length}]: `;
  return layout(editor, {
    ...room,
    prompts: [paint('input', label), paint('quiet', '...: '.padStart(label.length))],
  });
}
