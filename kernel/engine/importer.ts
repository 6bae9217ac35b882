import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import vm from 'node:vm';
import { assertInstalled } from './installed.ts';
import type { Internals } from './internals.ts';
import { locateModule, ownPackage } from './locate-module.ts';

/** `import()`, `import.meta` and `require` as a file in `folder` would have them. */
export function createImporter(
  folder: string,
): Pick<Internals, 'import' | 'meta'> & { require: NodeJS.Require } {
  const filename = join(folder, 'cell.ts');
  const nativeImport = importFrom(filename);
  const url = pathToFileURL(filename).href;
  const locate = (specifier: string) => locateModule(specifier, folder);
  return {
    async import(specifier, options, wanted = []) {
      const text = String(specifier);
      const here = new Error();
      const located = locate(text);
      if (/\.([jt]sx|[mc]?ts)$/.test(located) && located !== ownPackage(text))
        (await import('./typescript-files.ts')).loadTypeScriptFiles();
      try {
        if (ownPackage(text) === undefined) assertInstalled(text, folder);
        const namespace = await nativeImport(located, options ?? attributesFor(located));
        return withNames(namespace, wanted, text);
      } catch (error) {
        throw withPlace(withRemedy(error, text), here);
      }
    },
    meta: Object.freeze({
      url,
      filename,
      dirname: folder,
      resolve: (s: string) => import.meta.resolve(locate(s), url),
    }),
    require: createCellRequire(filename),
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

function createCellRequire(filename: string): NodeJS.Require {
  const native = createRequire(filename);
  const cellRequire = (specifier: string): unknown => {
    const own = ownPackage(specifier);
    try {
      return native(own ? fileURLToPath(own) : specifier);
    } catch (error) {
      throw withRemedy(error, specifier);
    }
  };
  return Object.assign(cellRequire, native);
}

function attributesFor(specifier: string): ImportCallOptions | undefined {
  return specifier.endsWith('.json') ? { with: { type: 'json' } } : undefined;
}

/** What a module fails with knows nothing of the cell that imports it. */
function withPlace(error: unknown, here: Error): unknown {
  if (!types.isNativeError(error) || /Cell In|Silent cell/.test(error.stack ?? '')) return error;
  const [, ...frames] = here.stack!.split('\n');
  error.stack = [error.stack, ...frames].join('\n');
  return error;
}

/** A missing package is named with the magic that installs it. */
function withRemedy(error: unknown, specifier: string): unknown {
  const { code } = Object(error) as NodeJS.ErrnoException;
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(specifier)?.[0];
  if (
    !missing ||
    name === undefined ||
    name.startsWith('.') ||
    !(error as Error).message.includes(`'${name}`)
  )
    return error;
  const message = specifier.startsWith('react/jsx')
    ? 'JSX needs React, which is not installed in the folder of the notebook. Run: %install react react-dom'
    : `The package '${name}' is not installed in the folder of the notebook. Run: %install ${name}`;
  return Object.assign(new Error(message), { code });
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
