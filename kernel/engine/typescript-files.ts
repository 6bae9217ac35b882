import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CellSyntaxError } from './compile.ts';
import { stripTypes } from './strip-types.ts';

const require = createRequire(import.meta.url);
let installed = false;

/** Lets files be imported that Node by itself does not take: with JSX, enums, namespaces, parameter properties. */
export function loadTypeScriptFiles(): void {
  if (installed) return;
  installed = true;
  registerHooks({
    load(url, context, next) {
      const [, ending] = /^file:.*\.([jt]sx|[mc]?ts)$/.exec(url) ?? [];
      if (ending === undefined || url.includes('/node_modules/')) return next(url, context);
      const path = fileURLToPath(url);
      const text = readFileSync(path, 'utf8');
      if (!ending.endsWith('x') && canBeStripped(text)) return next(url, context);
      const format = ending === 'cts' ? 'commonjs' : 'module';
      return { format, source: javascriptOf(path, text), shortCircuit: true };
    },
  });
}

function canBeStripped(text: string): boolean {
  try {
    stripTypes(text);
    return true;
  } catch {
    return false;
  }
}

/** Throws SyntaxError with the file's name. */
function javascriptOf(path: string, text: string): string {
  try {
    // Loaded now, by a hook that cannot wait: most files do without the compiler.
    const { transpile } = require(
      `./transpile${extname(import.meta.url)}`,
    ) as typeof import('./transpile.ts');
    return transpile(text).js;
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    throw new SyntaxError(`${path}, line ${error.line}: ${error.message}`, { cause: error });
  }
}
