import ts from 'typescript';
import { codeMagics } from '../../magics/code-magics.ts';
import { findSpecials, type SpecialTexts } from '../magics-scanner.ts';
import { transformMagics } from '../magics-transform.ts';

export interface Completeness {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  /** For `incomplete`: what the next line should begin with. */
  readonly indent: string;
}

const step = '  ';

/**
 * Whether a cell can be run, needs more lines, or cannot be mended by more lines. A cell magic needs more lines until
 * the last is blank, as in IPython, and so may the code that it takes.
 */
export function isComplete(code: string): Completeness {
  const { specials, body } = cellMagic(code);
  if (body === undefined) return endsInBackslash(specials, code) ? incomplete(code) : completeness(code);
  const takesCode = codeMagics.some(({ name }) => name === specials.magics[0]!.name);
  const inner = takesCode && body.trim() !== '' ? isComplete(body) : undefined;
  if (inner && inner.status !== 'complete') return inner;
  return isLastLineBlank(code) ? { status: 'complete', indent: '' } : incomplete(code);
}

function cellMagic(code: string): { specials: SpecialTexts; body: string | undefined } {
  const specials = findSpecials(code, { magics: new Set(), variables: new Set() });
  return { specials, body: specials.magics[0]?.body };
}

const incomplete = (code: string): Completeness => ({ status: 'incomplete', indent: nextIndent(code) });

/** A command goes on in the next line after a backslash that no other escapes. */
function endsInBackslash({ commands }: SpecialTexts, code: string): boolean {
  const last = commands.at(-1);
  return last !== undefined && last.end >= code.trimEnd().length && /(?<!\\)(?:\\\\)*\\$/.test(last.command);
}

function isLastLineBlank(code: string): boolean {
  const lines = code.replace(/\n$/, '').split('\n');
  return lines.length > 1 && lines.at(-1)!.trim() === '';
}

function completeness(code: string): Completeness {
  const source = transformMagics(code);
  const plain = statusOf(source, 'cell.ts');
  const status =
    plain === 'complete' || !/<[\w>]/.test(source) ? plain : best(plain, statusOf(source, 'cell.tsx'));
  return { status, indent: nextIndent(code) };
}

type Status = Completeness['status'];

/** What is no TypeScript may be TypeScript with JSX, or become it. */
function best(a: Status, b: Status): Status {
  const order: Status[] = ['complete', 'incomplete', 'invalid'];
  return order.find((status) => status === a || status === b)!;
}

function statusOf(source: string, fileName: string): Status {
  const end = source.trimEnd().length;
  const [mistake] = syntaxErrors(source, fileName);
  if (!mistake) return 'complete';
  return canBeMended(mistake, end) ? 'incomplete' : 'invalid';
}

interface Mistake {
  readonly start: number;
  readonly code: number;
}

function syntaxErrors(source: string, fileName: string): Mistake[] {
  const { diagnostics = [] } = ts.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.Preserve,
      jsx: ts.JsxEmit.ReactJSX,
    },
  });
  return diagnostics
    .filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error)
    .map(({ start = 0, code }) => ({ start, code }))
    .sort((a, b) => a.start - b.start);
}

/** A template, comment or JSX element without its end is reported where it begins. */
const unclosedCodes = new Set([1160, 1010, 17008, 17014]);
/** A string without its end cannot go on in the next line. */
const unterminatedString = 1002;

function canBeMended({ start, code }: Mistake, end: number): boolean {
  return code !== unterminatedString && (start >= end || unclosedCodes.has(code));
}

/** The last line's own indent, one step deeper if it opens a bracket. */
function nextIndent(code: string): string {
  const last = code.trimEnd().split('\n').at(-1) ?? '';
  const own = /^\s*/.exec(last)![0];
  return /[([{]\s*$/.test(last) ? own + step : own;
}
