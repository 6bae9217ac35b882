import ts from 'typescript';
import { transformMagics } from '../magics-transform.ts';

export interface Completeness {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  /** For `incomplete`: what the next line should begin with. */
  readonly indent: string;
}

const step = '  ';

/** Whether a cell can be run, needs more lines, or cannot be mended by more lines. */
export function isComplete(code: string): Completeness {
  const source = transformMagics(code);
  const end = source.trimEnd().length;
  const [mistake] = syntaxErrors(source);
  const indent = nextIndent(code);
  if (!mistake) return { status: 'complete', indent };
  return { status: canBeMended(mistake, end) ? 'incomplete' : 'invalid', indent };
}

interface Mistake {
  readonly start: number;
  readonly code: number;
}

function syntaxErrors(source: string): Mistake[] {
  const { diagnostics = [] } = ts.transpileModule(source, {
    fileName: 'cell.ts',
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return diagnostics
    .filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error)
    .map(({ start = 0, code }) => ({ start, code }))
    .sort((a, b) => a.start - b.start);
}

/** A template or comment without its end is reported where it begins. */
const unclosedCodes = new Set([1160, 1010]);
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
