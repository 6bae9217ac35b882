import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Completion } from './types-protocol.ts';

export interface PathPlace {
  /** Relative paths start here. */
  readonly cwd: string;
  /** Where the typed path ends in the cell. */
  readonly end: number;
  /** Default false: files too. */
  readonly onlyFolders?: boolean;
}

/** Files and folders that a path typed so far may go on to; hidden ones only after a dot. */
export function completePath(typed: string, { cwd, end, onlyFolders = false }: PathPlace): Completion {
  const slash = typed.lastIndexOf('/') + 1;
  const folder = typed.slice(0, slash).replace(/^~(?=\/)/, homedir());
  const begun = typed.slice(slash);
  const matches = list(resolve(cwd, folder))
    .filter(({ name }) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')))
    .filter(({ isFolder }) => isFolder || !onlyFolders)
    .map(({ name, isFolder }) => ({ text: isFolder ? `${name}/` : name, type: 'path' }));
  return { start: end - begun.length, end, matches };
}

function list(folder: string): { name: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // A folder that is not there has nothing to offer.
    return [];
  }
}
