import { SourceMap } from 'node:module';
import ts from 'typescript';
import { CellSyntaxError } from './compile.ts';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  sourceMap: true,
};

/**
 * JavaScript for a cell by the TypeScript compiler, with the way back to the cell's lines (counted from 1).
 * Throws CellSyntaxError with the compiler's words.
 */
export function transpile(code: string): {
  js: string;
  sourceLine: (line: number, column: number) => number;
} {
  const result = ts.transpileModule(code, {
    fileName: 'cell.ts',
    reportDiagnostics: true,
    compilerOptions: options,
  });
  const mistake = result.diagnostics?.find(
    (diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error,
  );
  if (mistake) throw syntaxError(mistake);
  const map = new SourceMap(JSON.parse(result.sourceMapText!));
  const sourceLine = (line: number, column: number): number => {
    const entry = map.findEntry(line - 1, column - 1);
    return 'originalLine' in entry ? entry.originalLine + 1 : line;
  };
  return { js: result.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), sourceLine };
}

function syntaxError(mistake: ts.Diagnostic): CellSyntaxError {
  const message = ts.flattenDiagnosticMessageText(mistake.messageText, '\n');
  const line = mistake.file?.getLineAndCharacterOfPosition(mistake.start ?? 0).line ?? 0;
  return new CellSyntaxError(message, line + 1);
}
