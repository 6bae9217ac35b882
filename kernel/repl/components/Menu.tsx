import { Text } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import type { CompletionMenu } from '../completion-menu.ts';
import { fitted } from '../fitted.ts';
import type { Room } from './room.ts';

type MenuProps = Room & { readonly menu: CompletionMenu };

/** What may stand at the cursor, with its kind and signature; below it what the chosen one is. */
export function Menu(props: MenuProps): ReactNode {
  return <Text wrap="truncate">{menuLines(props).join('\n')}</Text>;
}

/** Lines of documentation. */
const documented = 2;

/** Rows of the menu, as many as there is room for. */
export function menuLines({ menu, columns, rows, paint }: MenuProps): string[] {
  const { matches, selected } = menu;
  const shown = Math.max(1, Math.min(matches.length, rows - documented));
  const first = Math.min(Math.max(0, selected - Math.floor(shown / 2)), matches.length - shown);
  const visible = matches.slice(first, first + shown);
  const width = Math.min(columns - 12, Math.max(...visible.map(({ text }) => stringWidth(text))));
  const kindWidth = Math.max(...visible.map(({ type }) => type.length));
  const lines = visible.map(({ text, type, signature = '' }, i) => {
    const room = Math.max(0, columns - width - kindWidth - 6);
    const isChosen = first + i === selected;
    const name = `${isChosen ? '>' : ' '}${fitted(text, width)} `;
    const rest = `${type.padEnd(kindWidth)} ${fitted(signature.replaceAll('\n', ' '), room).trimEnd()}`;
    return `${isChosen ? paint('selected', name) : name} ${paint('quiet', rest.trimEnd())}`;
  });
  const more = matches.length > shown ? [paint('quiet', ` ${selected + 1} of ${matches.length}`)] : [];
  const words = (menu.documentation ?? '').split('\n').filter((line) => line.trim() !== '');
  const told = words.slice(0, documented - more.length).map((line) => fitted(line, columns - 2).trimEnd());
  return [...lines, ...more, ...told.map((line) => ` ${paint('quiet', line)}`)];
}
