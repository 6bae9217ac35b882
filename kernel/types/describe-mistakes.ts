import { escapeHtml } from '../html/escape.ts';
import type { DisplayOutput, ErrorOutput } from '../output.ts';
import type { Mistake } from './types-protocol.ts';

export interface CheckedCell {
  readonly code: string;
  /** Execution count. */
  readonly count: number;
}

/** More than these hide the cell's own output. */
const maxShown = 5;

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;

/** A note for below the cell: each mistake with its place and its line. */
export function mistakesNote(mistakes: readonly Mistake[], cell: CheckedCell): DisplayOutput {
  const plain = described(mistakes, (mistake) => [
    `Type error in ${placeOf(mistake, cell)}`,
    ...markedLine(mistake, cell),
    ...indented(mistake),
  ]);
  const html = described(mistakes, (mistake) => {
    const head = `<b>Type error</b> in ${placeOf(mistake, cell)}`;
    const source = escapeHtml(markedLine(mistake, cell).join('\n'));
    return [
      `<div>${head}<pre style="margin:2px 0">${source}</pre>${escapeHtml(indented(mistake).join('\n').trim()).replaceAll('\n', '<br>')}</div>`,
    ];
  });
  const box =
    'border-left:3px solid #d9a400;padding:2px 8px;margin:4px 0;color:inherit;font-size:var(--jp-code-font-size,13px)';
  return {
    type: 'display',
    data: {
      'text/plain': plain.join('\n'),
      'text/html': `<div class="edgebook-types" style="${box}">${html.join('')}</div>`,
    },
    metadata: {},
  };
}

/** The error of a cell that must not run because of its types. */
export function mistakesError(mistakes: readonly Mistake[], cell: CheckedCell): ErrorOutput {
  const [first] = mistakes;
  const evalue = `${first!.message} (TS${first!.code})`;
  const traceback = described(mistakes, (mistake) => [
    `${red('TypeScriptError')}: ${mistake.message} (TS${mistake.code})`,
    '',
    `Cell In[${cell.count}], line ${mistake.line}`,
    ...numberedLine(mistake, cell),
    '',
  ]);
  const hint = 'The cell did not run. %types warn runs cells all the same.';
  return { type: 'error', ename: 'TypeScriptError', evalue, traceback: [...traceback, hint] };
}

function described(mistakes: readonly Mistake[], describe: (mistake: Mistake) => string[]): string[] {
  const left = mistakes.length - maxShown;
  return [...mistakes.slice(0, maxShown).flatMap(describe), ...(left > 0 ? [`and ${left} more`] : [])];
}

const placeOf = ({ line, column, code }: Mistake, { count }: CheckedCell): string =>
  `Cell In[${count}], line ${line}, column ${column} (TS${code})`;

const indented = ({ message }: Mistake): string[] => message.split('\n').map((line) => `  ${line}`);

/** The line at fault, and below it a mark under the part that is. */
function markedLine({ line, column, length }: Mistake, { code }: CheckedCell): string[] {
  const text = code.split('\n')[line - 1] ?? '';
  const blank = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`  ${text}`, `  ${blank}${'^'.repeat(length)}`];
}

function numberedLine(mistake: Mistake, cell: CheckedCell): string[] {
  const [text = '', mark = ''] = markedLine(mistake, cell).map((line) => line.slice(2));
  const number = `----> ${mistake.line} `;
  return [green(number + text), ' '.repeat(number.length) + mark];
}
