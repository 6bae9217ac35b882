import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';

/**
 * Packages that are always the ones that run: the classes of `edgebook` must be those that the magics return, and
 * what notebooks written for tslab import must show its output in this kernel.
 */
const ownPackages: Record<string, string> = { edgebook: '../../src/index', tslab: './tslab' };

/** The URL of a package that the kernel itself provides. */
export function ownPackage(specifier: string): string | undefined {
  if (!Object.hasOwn(ownPackages, specifier)) return undefined;
  return new URL(`${ownPackages[specifier]}${extname(import.meta.url)}`, import.meta.url).href;
}

/** What Node is to import for a specifier in a cell, or in a module cell, of the notebook in `folder`. */
export function locateModule(specifier: string, folder: string): string {
  return ownPackage(specifier) ?? withEnding(specifier, folder);
}

/** What `./helper` may stand for where no file has just this name, as TypeScript and CommonJS have it. */
const endings = ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

function withEnding(specifier: string, folder: string): string {
  if (!/^\.\.?\//.test(specifier)) return specifier;
  const path = resolve(folder, specifier);
  if (existsSync(path) && statSync(path).isFile()) return specifier;
  const ending = endings.find((candidate) => existsSync(path + candidate));
  return ending === undefined ? specifier : specifier.replace(/\/$/, '') + ending;
}
