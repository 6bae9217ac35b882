import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const files = globSync('{src,kernel,magics,devices}/**/*.{ts,tsx}').map((path) => path.replaceAll('\\', '/'));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));

/** Which folders a file may import from; the first rule whose prefix fits decides. */
const arrows: [prefix: string, allowed: string[]][] = [
  ['kernel/jupyter/', ['kernel/jupyter/', 'kernel/', 'magics/', 'devices/', 'src/']],
  ['kernel/repl/', ['kernel/repl/', 'kernel/', 'magics/', 'devices/', 'src/']],
  ['kernel/', ['kernel/', 'magics/', 'devices/', 'src/']],
  ['magics/', ['magics/', 'devices/', 'src/']],
  ['devices/', ['devices/', 'src/']],
  ['src/errors.ts', []],
  ['src/random.ts', []],
  ['src/ir/', ['src/ir/', 'src/errors.ts']],
  ['src/onnx/', ['src/onnx/', 'src/ir/', 'src/errors.ts']],
  ['src/ops/', ['src/ops/', 'src/ir/', 'src/errors.ts']],
  ['src/runtime/', ['src/runtime/', 'src/ir/', 'src/errors.ts']],
  ['src/', ['src/']],
];

/** Packages that may be imported, and the one folder that may. */
const packages: Record<string, string> = {
  acorn: 'kernel/engine/',
  marked: 'kernel/html/',
  typescript: 'kernel/engine/',
  zeromq: 'kernel/jupyter/',
  'onnxruntime-node': 'src/runtime/',
};

const imports = (path: string): string[] =>
  ts.preProcessFile(sources.get(path)!, true, true).importedFiles.map((file) => file.fileName);

describe('imports', () => {
  test.each(files)('%s', (path) => {
    const allowed = arrows.find(([prefix]) => path.startsWith(prefix))![1];
    for (const name of imports(path).filter((name) => name.startsWith('.'))) {
      const target = normalize(join(dirname(path), name));
      expect(
        allowed.some((prefix) => target.startsWith(prefix)),
        `${path} imports ${target}`,
      ).toBe(true);
    }
    for (const name of imports(path).filter((name) => !name.startsWith('.') && !name.startsWith('node:'))) {
      const home = Object.entries(packages).find(([pkg]) => name === pkg || name.startsWith(`${pkg}/`))?.[1];
      expect(home, `package ${name} must be listed with its folder`).toBeDefined();
      expect(path.startsWith(home!), `${path} imports ${name}, which belongs to ${home}`).toBe(true);
    }
  });

  test('kernel/jupyter and kernel/repl do not know each other', () => {
    const crossing = files.filter((path) => {
      const other = path.startsWith('kernel/jupyter/')
        ? 'repl/'
        : path.startsWith('kernel/repl/')
          ? 'jupyter/'
          : undefined;
      return other && imports(path).some((name) => name.startsWith('.') && name.includes(other));
    });
    expect(crossing).toEqual([]);
  });
});

describe('sizes', () => {
  test('no file is over 300 lines', () => {
    const long = files.filter((path) => sources.get(path)!.split('\n').length > 301);
    expect(long).toEqual([]);
  });

  test('no function is over 40 lines', () => {
    const long = files.flatMap((path) => longFunctions(path, sources.get(path)!));
    expect(long).toEqual([]);
  });
});

function longFunctions(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const lines = line(node.end) - line(node.getStart(file)) + 1;
      if (lines > 40) found.push(`${path}:${line(node.getStart(file)) + 1} (${lines} lines)`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
