import { parseLine } from '../magics/arguments.ts';
import type { Magic } from '../magics/magic.ts';
import { UsageError } from '../src/errors.ts';
import { applyEdits, type Edit } from './engine/edits.ts';
import { findMagics, type MagicText } from './magics-scanner.ts';

/** Whether a cell can hold a magic at all: most need no scan, and no list of magics. */
export function mayHoldMagics(code: string): boolean {
  return /(?:^|[\n=])\s*%{1,2}[A-Za-z]/.test(code);
}

/**
 * Turns the magics of a cell into TypeScript, line by line:
 *
 *     %train cnn               let cnn = $show(await $magic("train", "cnn"));    if the magic binds cnn
 *     %summary cnn             void $show(await $magic("summary", "cnn"));
 *     const q = %quantize cnn  const q = (await $magic("quantize", "cnn"));
 *     %%on jetson              void $show(await $magic("on", "jetson", "rest of the cell"));
 *
 * A bare magic shows its result, an assigned one does not. Without `magics` none is known to bind a variable.
 * Never throws: what is wrong with a magic is said when it runs.
 */
export function transformMagics(code: string, magics: readonly Magic[] = []): string {
  if (!mayHoldMagics(code)) return code;
  const declared = new Set<string>();
  const texts = findMagics(code, new Set(magics.map((magic) => magic.name)));
  const edits = texts.map((text): Edit => {
    const magic = magics.find((candidate) => candidate.name === text.name);
    return { start: text.start, end: text.end, text: replacement(text, magic, { code, declared }) };
  });
  return applyEdits(code, edits);
}

interface CellNames {
  readonly code: string;
  /** Variables that the magics above have declared. */
  readonly declared: Set<string>;
}

function replacement(text: MagicText, magic: Magic | undefined, cell: CellNames): string {
  const values = [text.name, text.line, ...(text.body === undefined ? [] : [text.body])];
  const call = `await $magic(${values.map((value) => JSON.stringify(value)).join(', ')})`;
  if (text.kind === 'assigned') return `(${call});`;
  const variable = magic && boundVariable(magic, text);
  if (variable === undefined) return `void $show(${call});`;
  const known = cell.declared.has(variable) || declares(cell.code, variable);
  cell.declared.add(variable);
  return `${known ? '' : 'let '}${variable} = $show(${call});`;
}

function boundVariable(magic: Magic, { line, body }: MagicText): string | undefined {
  try {
    return magic.binds?.(parseLine(magic, line, body));
  } catch (error) {
    if ((error as Error).name === UsageError.name || error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Whether the cell's own text declares `name`: a second `let` would be a mistake. */
function declares(code: string, name: string): boolean {
  const quoted = name.replaceAll('$', '\\$');
  return new RegExp(`\\b(?:let|const|var|class|function)\\s+${quoted}(?![\\w$])`).test(code);
}
