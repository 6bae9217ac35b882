import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { UsageError } from '../../src/errors.ts';

/** Whose console is taken away: what they write there would appear below the user's cell. */
const chatty = /[\\/]node_modules[\\/]@(?:jupyterlab|lumino)[\\/].*\.c?js$/;

const ignore = (): void => {};
const silent = Object.fromEntries(
  ['debug', 'error', 'info', 'log', 'trace', 'warn'].map((name) => [name, ignore]),
);

const loaded = new Map<string, { exports: unknown }>();
const require = createRequire(import.meta.url);

/**
 * A package of JupyterLab, whose modules have a console of their own that says nothing: `@jupyterlab/services` reports
 * there each socket that it opens. What goes wrong still comes as errors and signals. Throws UsageError if it is not
 * installed.
 */
export function quietRequire(specifier: string): unknown {
  try {
    return load(require.resolve(specifier));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new UsageError(
      `The package '${specifier}', by which a device's Jupyter is reached, is not installed beside Edgebook. Run npm install again`,
    );
  }
}

function load(path: string): unknown {
  const known = loaded.get(path);
  if (known) return known.exports;
  const module = { exports: {} as unknown };
  loaded.set(path, module);
  const real = createRequire(path);
  const inner = (name: string): unknown => {
    const target = real.resolve(name);
    return chatty.test(target) ? load(target) : real(name);
  };
  const names = ['exports', 'require', 'module', '__filename', '__dirname', 'console'];
  const run = compileFunction(readFileSync(path, 'utf8'), names, { filename: path });
  run.call(module.exports, module.exports, inner, module, path, dirname(path), silent);
  return module.exports;
}
