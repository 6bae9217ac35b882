import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { Internals } from './internals.ts';

/** `import()`, `import.meta` and `require` as a file in `folder` would have them. */
export function createImporter(
  folder: string,
): Pick<Internals, 'import' | 'meta'> & { require: NodeJS.Require } {
  const filename = join(folder, 'cell.ts');
  const nativeImport = importFrom(filename);
  const url = pathToFileURL(filename).href;
  const resolve = (specifier: string) => import.meta.resolve(ownPackage(specifier) ?? specifier, url);
  return {
    async import(specifier, options, wanted = []) {
      const text = String(specifier);
      const namespace = await nativeImport(ownPackage(text) ?? text, options ?? attributesFor(text));
      return withNames(namespace, wanted, text);
    },
    meta: Object.freeze({ url, filename, dirname: folder, resolve }),
    require: createRequire(filename),
  };
}

type NativeImport = (specifier: string, options?: ImportCallOptions) => Promise<Record<string, unknown>>;

/** Node resolves this `import()` from `filename`, which need not exist. */
function importFrom(filename: string): NativeImport {
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return vm.runInThisContext('(specifier, options) => import(specifier, options)', {
    filename,
    importModuleDynamically,
  });
}

/** `edgebook` is always the one that runs: its classes must be those that the magics return. */
function ownPackage(specifier: string): string | undefined {
  if (specifier !== 'edgebook') return undefined;
  return new URL(`../../src/index${extname(import.meta.url)}`, import.meta.url).href;
}

function attributesFor(specifier: string): ImportCallOptions | undefined {
  return specifier.endsWith('.json') ? { with: { type: 'json' } } : undefined;
}

/** A CommonJS module may hold its exports in `default` only; a name that is in neither is a mistake. */
function withNames(namespace: Record<string, unknown>, wanted: readonly string[], specifier: string): object {
  const missing = wanted.filter((name) => !(name in namespace));
  if (missing.length === 0) return namespace;
  const fallback = Object(namespace.default) as Record<string, unknown>;
  const unknown = missing.find((name) => !(name in fallback));
  if (unknown !== undefined)
    throw new SyntaxError(
      `The module '${specifier}' does not export '${unknown}'. It exports: ${names(namespace)}`,
    );
  return { ...namespace, ...Object.fromEntries(missing.map((name) => [name, fallback[name]])) };
}

function names(namespace: object): string {
  const all = Object.keys(namespace);
  return all.length > 12
    ? `${all.slice(0, 12).join(', ')} and ${all.length - 12} more`
    : all.join(', ') || 'nothing';
}
