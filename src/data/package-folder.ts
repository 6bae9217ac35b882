import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors.ts';

/**
 * The folder of an installed npm package: looked for from `cwd` upwards, then from this library's own folder.
 * Throws UsageError that says what to install.
 */
export function packageFolder(name: string, cwd: string): string {
  for (const from of [pathToFileURL(join(cwd, 'here.js')), import.meta.url]) {
    const folders = createRequire(from).resolve.paths(name) ?? [];
    const found = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
    if (found) return found;
  }
  throw new UsageError(`The package '${name}' is not installed. Run: npm install ${name}`);
}
