import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Screenshots and the logs of the last run stay here. Notebooks in it find the packages of this repository. */
export const out = resolve('out');

/** A folder with the kernel installed in it, and one of notebooks for a server to show. */
export interface InstalledHome {
  readonly home: string;
  readonly root: string;
  remove(): void;
}

/** Installs the built kernel `cli` into a folder of its own and copies `folder`, with its notebooks, beside it. */
export function installedHome(cli: string, folder: string): InstalledHome {
  mkdirSync(out, { recursive: true });
  const home = mkdtempSync(join(out, 'lab-'));
  execFileSync(process.execPath, [cli, 'install', '--prefix', home]);
  const root = join(home, 'notebooks');
  cpSync(resolve(folder), root, { recursive: true });
  return { home, root, remove: () => rmSync(home, { recursive: true, maxRetries: 5 }) };
}
