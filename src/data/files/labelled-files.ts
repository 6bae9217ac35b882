import { readdir } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { UsageError } from '../../errors.ts';

/** The files of one split, and the class of each. */
export interface LabelledFiles {
  /** Paths from the root folder, by class and name. */
  readonly files: readonly string[];
  /** Absent where the files are not in class folders. */
  readonly labels: Int32Array | undefined;
}

export interface FileTree {
  readonly classNames: readonly string[];
  readonly splits: Readonly<Record<string, LabelledFiles>>;
}

/** Subfolders that hold a split, and its name. */
const splitFolders = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['test', 'test'],
  ['testing', 'test'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['valid', 'validation'],
]);

/**
 * The files of a folder that has a subfolder for each class; of `train`, `test` and `validation` subfolders that do; or
 * of a flat folder, without labels. Names that begin with `.` or `_` are left out. Throws UsageError if there is no such
 * file, a class folder has none, or a split has another class than `train`.
 */
export async function labelledFiles(root: string, extensions: readonly string[]): Promise<FileTree> {
  const wanted = new Set(extensions);
  const { folders, files } = await entries(root, wanted);
  const named = folders.filter((folder) => splitFolders.has(folder.toLowerCase()));
  if (named.length > 0 && !named.some((folder) => splitFolders.get(folder.toLowerCase()) === 'train'))
    throw new UsageError(`${root} has a folder '${named[0]}' and must have one 'train' as well`);
  if (named.length === 0) {
    const classNames = folders.toSorted(byName);
    return { classNames, splits: { train: await filesOf({ root, folder: '', classNames, wanted, files }) } };
  }
  const train = named.find((folder) => splitFolders.get(folder.toLowerCase()) === 'train')!;
  const inside = await entries(join(root, train), wanted);
  const classNames = inside.folders.toSorted(byName);
  const splits = await Promise.all(
    named.map(async (folder) => {
      const own = await entries(join(root, folder), wanted);
      const strange = own.folders.find((name) => !classNames.includes(name));
      if (strange !== undefined)
        throw new UsageError(
          `${join(root, folder, strange)} must be one of the classes of '${train}': ${classNames.join(', ') || 'it has none'}`,
        );
      const present = classNames.filter((name) => own.folders.includes(name));
      const found = await filesOf({ root, folder, classNames, wanted, files: own.files, present });
      return [splitFolders.get(folder.toLowerCase())!, found] as const;
    }),
  );
  // Train first, for people who read it.
  splits.sort(([a], [b]) => Number(b === 'train') - Number(a === 'train'));
  return { classNames, splits: Object.fromEntries(splits) };
}

interface Place {
  readonly root: string;
  /** From the root. */
  readonly folder: string;
  readonly classNames: readonly string[];
  /** Those of the classes that have a folder here. Default: all. */
  readonly present?: readonly string[];
  readonly wanted: ReadonlySet<string>;
  /** Those that lie in the folder itself. */
  readonly files: readonly string[];
}

async function filesOf({
  root,
  folder,
  classNames,
  present = classNames,
  wanted,
  files,
}: Place): Promise<LabelledFiles> {
  const where = join(root, folder);
  if (present.length === 0) {
    if (files.length > 0) return { files: files.map((file) => join(folder, file)), labels: undefined };
    throw new UsageError(
      `${where} must have files of ${[...wanted].join(', ')}, or a folder of them for each class; it has none`,
    );
  }
  if (files.length > 0)
    throw new UsageError(
      `${join(where, files[0]!)} must be in one of the class folders beside it: ${present.slice(0, 5).join(', ')}`,
    );
  const found: string[] = [];
  const labels: number[] = [];
  for (const name of present) {
    const own = await filesBelow(join(where, name), wanted);
    if (own.length === 0)
      throw new UsageError(
        `The class folder ${join(where, name)} must have files of ${[...wanted].join(', ')}, has none: fill or remove it`,
      );
    for (const file of own) {
      found.push(join(folder, name, file));
      labels.push(classNames.indexOf(name));
    }
  }
  return { files: found, labels: Int32Array.from(labels) };
}

async function entries(folder: string, wanted: ReadonlySet<string>) {
  const all = await readdir(folder, { withFileTypes: true });
  const shown = all.filter(({ name }) => !hidden(name));
  return {
    folders: shown.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    files: shown
      .filter((entry) => !entry.isDirectory() && isWanted(entry.name, wanted))
      .map(({ name }) => name)
      .sort(byName),
  };
}

async function filesBelow(folder: string, wanted: ReadonlySet<string>): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((path) => isWanted(path, wanted) && !path.split(sep).some(hidden)).sort(byName);
}

const hidden = (name: string): boolean => /^[._]/.test(name);

const isWanted = (path: string, wanted: ReadonlySet<string>): boolean =>
  wanted.has(extname(basename(path)).toLowerCase());

/** By code points: the same on every machine. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
