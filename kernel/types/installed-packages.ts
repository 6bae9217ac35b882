import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names of the packages in the `node_modules` of `folder` and of those above it. */
export function installedPackages(folder: string): string[] {
  const names = new Set<string>();
  for (const modules of moduleFolders(folder)) {
    for (const name of list(modules)) {
      if (name.startsWith('@'))
        for (const scoped of list(join(modules, name))) names.add(`${name}/${scoped}`);
      else names.add(name);
    }
  }
  return [...names].filter((name) => !name.startsWith('@types/')).sort();
}

/** What can be imported of a package beside itself: `name/sub`, by its `exports`, else by its files. */
export function packageSubpaths(name: string, folder: string): string[] {
  const root = moduleFolders(folder)
    .map((modules) => join(modules, name))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (root === undefined) return [];
  const exports = exportsOf(root);
  if (exports === undefined) {
    const files = list(root).filter((file) => /\.(?:[cm]?js|json)$/.test(file));
    return files.map((file) => `${name}/${file}`);
  }
  const paths = Object.entries(exports).flatMap(([path, target]) => expanded(path, target, root));
  return [...new Set(paths)].map((path) => name + path.slice(1));
}

function moduleFolders(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, 'node_modules'), ...(parent === folder ? [] : moduleFolders(parent))];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    // Most folders have no node_modules.
    return [];
  }
}

/** The map of subpaths; undefined if the package does not limit what can be imported. */
function exportsOf(root: string): Record<string, unknown> | undefined {
  try {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports?: unknown };
    if (exports === undefined || exports === null) return undefined;
    return typeof exports === 'object' ? (exports as Record<string, unknown>) : {};
  } catch {
    // A folder without a package.json can be imported from file by file.
    return undefined;
  }
}

/** `./features/*` stands for as many paths as there are files at its target. */
function expanded(path: string, target: unknown, root: string): string[] {
  if (!path.startsWith('./') || target === null) return [];
  const [head, tail] = path.split('*');
  if (tail === undefined) return [path];
  const file = firstTarget(target);
  const [before, after = ''] = file?.split('*') ?? [];
  if (before === undefined || !before.endsWith('/')) return [];
  return list(join(root, before))
    .filter((name) => name.endsWith(after) && (after !== '' || name.includes('.')))
    .map((name) => head + name.slice(0, name.length - after.length) + tail);
}

/** Of nested conditions the first that leads to a file. */
function firstTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const inner of Object.values(target)) {
    const found = firstTarget(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
