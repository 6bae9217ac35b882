import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CellSyntaxError } from './compile.ts';
import { transpile } from './transpile.ts';

let installed = false;

/** Lets files with JSX be imported, which Node by itself does not take. */
export function loadTsxFiles(): void {
  if (installed) return;
  installed = true;
  registerHooks({
    load(url, context, next) {
      if (!/^file:.*\.[jt]sx$/.test(url)) return next(url, context);
      return { format: 'module', source: javascriptOf(fileURLToPath(url)), shortCircuit: true };
    },
  });
}

/** Throws SyntaxError with the file's name. */
function javascriptOf(path: string): string {
  try {
    return transpile(readFileSync(path, 'utf8')).js;
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    throw new SyntaxError(`${path}, line ${error.line}: ${error.message}`, { cause: error });
  }
}
