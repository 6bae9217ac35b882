import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Files that exist in memory only, by path. */
export interface VirtualFile {
  text: string;
  version: number;
}

export interface HostOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly files: ReadonlyMap<string, VirtualFile>;
  /** Files that the program is made of; what they import comes along. */
  readonly roots: () => string[];
}

/** A compiler's view of the notebook's folder with virtual files over it. */
export function createLanguageHost({ cwd, files, roots }: HostOptions): ts.LanguageServiceHost {
  const options = compilerOptions();
  const nodeTypes = findNodeTypes(cwd);
  /** Of files on the disk. */
  const snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot | undefined }>();
  const versionOf = (path: string) => {
    const file = files.get(path);
    return file ? String(file.version) : diskVersion(path, cwd);
  };
  return {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...nodeTypes, ...roots()],
    getScriptVersion: versionOf,
    getScriptSnapshot(path) {
      const file = files.get(path);
      if (file) return ts.ScriptSnapshot.fromString(file.text);
      const version = versionOf(path);
      const known = snapshots.get(path);
      if (known?.version === version) return known.snapshot;
      const text = ts.sys.readFile(path);
      const snapshot = text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      snapshots.set(path, { version, snapshot });
      return snapshot;
    },
    getCurrentDirectory: () => cwd,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    readFile: (path, encoding) => files.get(path)?.text ?? ts.sys.readFile(path, encoding),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  };
}

/** Only the user's own files change while a session lives. */
function diskVersion(path: string, cwd: string): string {
  if (!path.startsWith(cwd + sep) || path.includes(`${sep}node_modules${sep}`)) return '1';
  return String(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

/** Not strict: a cell is a sketch, and only what is surely wrong is worth a note. */
function compilerOptions(): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ESNext,
    lib: ['lib.esnext.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.Preserve,
    types: [],
    paths: {
      edgebook: [ownFile('src/index')],
      tslab: [ownFile('kernel/engine/tslab')],
    },
    strict: false,
    allowJs: true,
    allowImportingTsExtensions: true,
    noUncheckedSideEffectImports: false,
    resolveJsonModule: true,
    declaration: true,
    emitDeclarationOnly: true,
    skipLibCheck: true,
  };
}

/** Our own source, or its declarations where it is built. */
function ownFile(path: string): string {
  const extension = extname(import.meta.url) === '.ts' ? '.ts' : '.d.ts';
  return fileURLToPath(new URL(`../../${path}${extension}`, import.meta.url));
}

/** Node's types: those that the notebook's folder has installed, else ours. */
function findNodeTypes(cwd: string): string[] {
  for (const base of [join(cwd, 'cell.ts'), fileURLToPath(import.meta.url)]) {
    try {
      return [join(dirname(createRequire(base).resolve('@types/node/package.json')), 'index.d.ts')];
    } catch {
      // Not installed there.
    }
  }
  return [];
}
