import { SourceMap } from 'node:module';
import ts from 'typescript';
import { CellSyntaxError } from './compile.ts';

/**
 * JavaScript for a cell by the TypeScript compiler, with the way back to the cell's lines (counted from 1).
 * What is no TypeScript may be TypeScript with JSX. Throws CellSyntaxError with the compiler's words.
 */
export function transpile(code: string): {
  js: string;
  sourceLine: (line: number, column: number) => number;
} {
  const plain = emit(code, 'cell.ts');
  const result = plain.mistake && mayHoldJsx(code) ? better(plain, emit(code, 'cell.tsx')) : plain;
  if (result.mistake) throw syntaxError(result.mistake);
  const map = new SourceMap(JSON.parse(result.map));
  const sourceLine = (line: number, column: number): number => {
    const entry = map.findEntry(line - 1, column - 1);
    return 'originalLine' in entry ? entry.originalLine + 1 : line;
  };
  return { js: result.js, sourceLine };
}

/** Whether a text can hold a JSX element or fragment: each ends with `/>` or `</`. */
export function mayHoldJsx(code: string): boolean {
  return /<[\w>]/.test(code) && /\/>|<\//.test(code);
}

interface Emitted {
  readonly js: string;
  readonly map: string;
  readonly mistake: ts.Diagnostic | undefined;
}

function emit(code: string, fileName: string): Emitted {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(code, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: { ...options, target: target(code), jsx: jsx(code) },
  });
  const mistake = diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  return { js: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), map: sourceMapText!, mistake };
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.Preserve,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  sourceMap: true,
};

/** V8 has no decorators yet; all else newer than ES2022 it runs as it is. */
function target(code: string): ts.ScriptTarget {
  return /@[\w(]/.test(code) ? ts.ScriptTarget.ES2022 : ts.ScriptTarget.ESNext;
}

/** React's automatic runtime, unless the cell names its own factory: a comment such as `@jsx h` rules. */
function jsx(code: string): ts.JsxEmit {
  return /^\s*\/?\*+\s*@jsx\s+[\w.]+/m.test(code) ? ts.JsxEmit.React : ts.JsxEmit.ReactJSX;
}

/** The one that is right, else the one whose first mistake comes later. */
function better(a: Emitted, b: Emitted): Emitted {
  return !b.mistake || (b.mistake.start ?? 0) > (a.mistake?.start ?? 0) ? b : a;
}

function syntaxError(mistake: ts.Diagnostic): CellSyntaxError {
  const message = ts.flattenDiagnosticMessageText(mistake.messageText, '\n');
  const line = mistake.file?.getLineAndCharacterOfPosition(mistake.start ?? 0).line ?? 0;
  return new CellSyntaxError(message, line + 1);
}
