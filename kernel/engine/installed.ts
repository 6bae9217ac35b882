import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Throws as Node does if a package is not installed for `folder`, without asking Node: where its own search fails, Node
 * remembers for good that the package.json is missing, and `%install` would come too late.
 */
export function assertInstalled(specifier: string, folder: string): void {
  const name = /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*(?=\/|$)/.exec(specifier)?.[0];
  if (name === undefined || isBuiltin(specifier)) return;
  for (let here = folder; ; here = dirname(here)) {
    if (existsSync(join(here, 'node_modules', name)) || isNamed(here, name)) return;
    if (dirname(here) === here) break;
  }
  const error = new Error(`Cannot find package '${name}' imported from ${join(folder, 'cell.ts')}`);
  throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
}

/** A package may import itself by its name. */
function isNamed(folder: string, name: string): boolean {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: string }).name === name;
  } catch {
    return false;
  }
}
