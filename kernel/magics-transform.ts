import { parseLine } from '../magics/arguments.ts';
import type { Magic } from '../magics/magic.ts';
import { UsageError } from '../src/errors.ts';
import { applyEdits, type Edit } from './engine/edits.ts';
import { declares, findSpecials, type HelpText, type MagicText, type ShellText } from './magics-scanner.ts';
import { splitCommand } from './shell-text.ts';

/** Whether a cell can hold a magic at all: most need no scan, and no list of magics. */
export function mayHoldMagics(code: string): boolean {
  return /(?:^|[\n=])\s*%{1,2}[A-Za-z]/.test(code);
}

/** Whether a cell can hold `!command` or `name?`. */
function mayHoldOthers(code: string): boolean {
  return /(?:^|[\n=])\s*!(?!=)|(?:^|\n)\s*\?|\?[ \t;]*(?:$|\n|\/\/)/.test(code);
}

/**
 * Turns what is not TypeScript in a cell into TypeScript, line by line:
 *
 *     %train cnn               let cnn = $show(await $magic("train", "cnn"));    if the magic binds cnn
 *     %summary cnn             void $show(await $magic("summary", "cnn"));
 *     const q = %quantize cnn  const q = (await $magic("quantize", "cnn"));
 *     %%on jetson              void $show(await $magic("on", "jetson", "rest of the cell"));
 *     !ls {folder}             void (await $shell(["ls ", ""], folder));
 *     const files = !ls        const files = (await $lines(["ls"]));
 *     #!/usr/bin/env node      ///usr/bin/env node
 *     !!ls                     void $show(await $lines(["ls"]));
 *     cnn?                     void (await $help("cnn", () => cnn));
 *     %train?                  void (await $help("%train"));
 *
 * A bare magic shows its result, an assigned one does not. Without `magics` none is known to bind a variable;
 * `variables` are the names that earlier cells have declared, by which `!name` is told from a command.
 * Never throws: what is wrong with a magic is said when it runs.
 */
export function transformMagics(
  code: string,
  magics: readonly Magic[] = [],
  variables: ReadonlySet<string> = new Set(),
): string {
  return applyEdits(code, magicEdits(code, magics, variables));
}

/** The edit that turns a special text into TypeScript. */
export interface SpecialEdit extends Edit {
  readonly special: MagicText | ShellText | HelpText | HashbangText;
}

/** `#!` at the very start, as of a script that was pasted: a comment, which TypeScript knows in the first line of files only. */
export interface HashbangText {
  readonly start: number;
  readonly end: number;
}

/** The edits that `transformMagics` makes, in the order of the text. */
export function magicEdits(
  code: string,
  magics: readonly Magic[] = [],
  variables: ReadonlySet<string> = new Set(),
): SpecialEdit[] {
  const first = hashbangEdits(code);
  if (!mayHoldMagics(code) && !mayHoldOthers(code)) return first;
  const declared = new Set<string>();
  const known = { magics: new Set(magics.map((magic) => magic.name)), variables };
  const specials = findSpecials(code, known);
  const edits = specials.magics.map((text): SpecialEdit => {
    const magic = magics.find((candidate) => candidate.name === text.name);
    return { ...placeOf(text), text: replacement(text, magic, { code, declared }) };
  });
  for (const text of specials.commands) edits.push({ ...placeOf(text), text: shellCall(text) });
  for (const text of specials.helps) edits.push({ ...placeOf(text), text: helpCall(text) });
  return [...first, ...edits.sort((a, b) => a.start - b.start)];
}

function hashbangEdits(code: string): SpecialEdit[] {
  const start = /^\n*#!/.test(code) ? code.indexOf('#') : -1;
  if (start < 0) return [];
  const place = { start, end: start + 2 };
  return [{ ...place, text: '//', special: place }];
}

const placeOf = <T extends MagicText | ShellText | HelpText>(special: T) => ({
  start: special.start,
  end: special.end,
  special,
});

/** What stands around the command and its values. */
export const shellCalls: Readonly<Record<ShellText['kind'], readonly [before: string, after: string]>> = {
  statement: ['void (await $shell(', '));'],
  assigned: ['(await $lines(', '));'],
  shown: ['void $show(await $lines(', '));'],
};

function shellCall({ kind, command }: ShellText): string {
  const { texts, expressions } = splitCommand(command);
  const values = [JSON.stringify(texts), ...expressions].join(', ');
  const [before, after] = shellCalls[kind];
  return `${before}${values}${after}`;
}

function helpCall({ name }: HelpText): string {
  const value = name.startsWith('%') ? '' : `, () => ${name}`;
  return `void (await $help(${JSON.stringify(name)}${value}));`;
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
