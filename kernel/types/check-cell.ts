import ts from 'typescript';
import { moduleDirective } from '../engine/module-directive.ts';
import type { CellProject, OpenCell } from './cell-project.ts';
import { earlierPrefix } from './earlier-uses.ts';
import type { Mistake } from './types-protocol.ts';

/**
 * Not worth a note. A name declared twice in a cell is a syntax error that the cell itself reports, and cells may
 * declare each other's names again, or assign to what an earlier one imported.
 */
const ignored = new Set([
  ...[2300, 2391, 2393, 2395, 2440, 2451, 2528, 2567],
  2632, // cannot assign to an import
  2695, // left side of a comma is unused
  2669, // global augmentation outside a module
]);

/** Codes of "cannot find name". */
const unknownName = new Set([2304, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593]);
/** Codes of "cannot find module". */
const unknownModule = new Set([2307, 2792]);

/** The type errors of an open cell, in the order of the text; none if it does not even parse, as it says so itself. */
export function mistakesOf(project: CellProject, cell: OpenCell): Mistake[] {
  const { service } = project;
  const directive = moduleDirective(cell.code);
  if (directive && 'browser' in directive) return [];
  if (isUnchecked(cell.code)) return [];
  if (service.getSyntacticDiagnostics(cell.file).length > 0) return [];
  const found = service
    .getSemanticDiagnostics(cell.file)
    .filter((diagnostic) => isTypeError(diagnostic, cell))
    .flatMap((diagnostic) => toMistake(diagnostic, cell));
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Whether the comments above the code say `@ts-nocheck`, as in a file. */
export function isUnchecked(code: string): boolean {
  const [comments] = /^(?:\s+|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(code)!;
  return /^\s*\/\/\/?\s*@ts-nocheck\b/m.test(comments);
}

function isTypeError(diagnostic: ts.Diagnostic, { code, text }: OpenCell): boolean {
  const { category, start = 0, length = 0 } = diagnostic;
  if (category !== ts.DiagnosticCategory.Error || ignored.has(diagnostic.code)) return false;
  const what = text.slice(start, start + length);
  // What the cell itself puts on the global object is there when the name is used.
  if (unknownName.has(diagnostic.code)) return !(/\bglobal(?:This)?\b/.test(code) && hasMember(code, what));
  // `data:` and `node:` modules that the compiler does not know.
  if (unknownModule.has(diagnostic.code)) return !/^["'][a-z][a-z+.-]+:/i.test(what);
  return true;
}

function hasMember(code: string, name: string): boolean {
  return new RegExp(`[.{,\\s'"]${name.replaceAll('$', '\\$')}['"]?\\s*[=:(,}]`).test(code);
}

function toMistake(diagnostic: ts.Diagnostic, { code, toCell }: OpenCell): Mistake[] {
  const { start = 0, length = 0, messageText } = diagnostic;
  const position = toCell(start);
  if (position === undefined) return [];
  const before = code.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = code.indexOf('\n', position);
  const rest = (lineEnd < 0 ? code.length : lineEnd) - position;
  const end = toCell(start + length) ?? position + length;
  return [
    {
      message: ts.flattenDiagnosticMessageText(messageText, '\n').replaceAll(earlierPrefix, ''),
      code: diagnostic.code,
      line: before.split('\n').length,
      column: position - lineStart + 1,
      length: Math.max(1, Math.min(end - position, rest)),
      ...(unknownName.has(diagnostic.code) && { unknownName: code.slice(position, end) }),
    },
  ];
}
