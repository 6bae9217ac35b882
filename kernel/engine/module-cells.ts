import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rememberCell } from './cell-sources.ts';
import { type Compiled, compileModule } from './compile.ts';
import { locateModule } from './locate-module.ts';
import type { ModuleDirective } from './module-directive.ts';
import type { CellSource } from './protocol.ts';

interface CellModule {
  readonly js: string;
  /** How often cells have defined it. */
  readonly version: number;
}

const modules = new Map<string, CellModule>();

/**
 * Makes a cell the module `./name` for the cells after it: it runs when one of them imports it, anew if it or a
 * module that it imports was defined again. Returns nothing to run. Code for a browser is not run at all.
 */
export async function defineModule(
  directive: ModuleDirective,
  script: string,
  source: CellSource,
): Promise<Compiled> {
  if ('browser' in directive) {
    console.error('This cell is marked @browser. As in tslab, it is not run.');
  } else {
    const { js, sourceLine } = await compileModule(source.code);
    rememberCell(script, { ...source, sourceLine });
    if (modules.size === 0) installHooks(process.cwd());
    const version = (modules.get(directive.module)?.version ?? 0) + 1;
    modules.set(directive.module, { js: `${js}\n//# sourceURL=${script}`, version });
  }
  return { scripts: [], declares: [], sourceLine: (line) => line };
}

const query = '?edgebook-cell=';

/** Module cells are seen by files in `folder` and by cells; their own imports are those of a file there. */
function installHooks(folder: string): void {
  const base = pathToFileURL(join(folder, '/')).href;
  registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL;
      const name = moduleName(specifier);
      const here = parent !== undefined && new URL('.', parent).href === base;
      if (name === undefined || !here)
        return next(parent?.includes(query) ? locateModule(specifier, folder) : specifier, context);
      const url = `${base}${name}.ts${query}${reachableVersions(name, new Set())}`;
      return { url, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      const name = url.includes(query) ? /([^/]+)\.ts\?/.exec(url)?.[1] : undefined;
      const found = name === undefined ? undefined : modules.get(name);
      return found ? { format: 'module', source: found.js, shortCircuit: true } : next(url, context);
    },
  });
}

function moduleName(specifier: string): string | undefined {
  const name = /^\.\/(\w+)(?:\.[jt]sx?)?$/.exec(specifier)?.[1];
  return name !== undefined && modules.has(name) ? name : undefined;
}

/** Grows whenever the module, or one that it imports, is defined again. */
function reachableVersions(name: string, seen: Set<string>): number {
  const found = modules.get(name);
  if (!found || seen.has(name)) return 0;
  seen.add(name);
  const imported = [...found.js.matchAll(/['"](\.\/[\w.]+)['"]/g)].map(([, specifier]) =>
    moduleName(specifier!),
  );
  return imported.reduce(
    (sum, other) => (other === undefined ? sum : sum + reachableVersions(other, seen)),
    found.version,
  );
}
