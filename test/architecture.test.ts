import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { magics } from '../magics/index.ts';

const files = globSync('{src,kernel,magics,devices}/**/*.{ts,tsx}').map((path) => path.replaceAll('\\', '/'));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));

/** Which folders a file may import from; the first rule whose prefix fits decides. Its own folder always. */
const arrows: [prefix: string, allowed: string[]][] = [
  ['kernel/', ['kernel/', 'magics/', 'devices/', 'src/']],
  ['magics/', ['devices/', 'src/']],
  ['devices/', ['src/']],
  ...library(),
];

/** The library's layers, lowest first: each may import those that it lists. */
function library(): [string, string[]][] {
  const shared = ['src/errors.ts', 'src/random.ts'];
  const show = [...shared, 'src/report.ts', 'src/report/'];
  const ir = [...shared, 'src/ir/'];
  const layers: [string, string[]][] = [
    ['src/errors.ts', []],
    ['src/random.ts', []],
    ['src/version.ts', []],
    ['src/supported-node.ts', []],
    ['src/require-node.ts', ['src/errors.ts', 'src/supported-node.ts']],
    ['src/report.ts', ['src/report/']],
    ['src/report/', ['src/report.ts']],
    ['src/ir/', shared],
    ['src/onnx/', ir],
    ['src/ops/', ir],
    ['src/runtime/', ir],
    ['src/plot/', show],
    // Constants are folded by onnxruntime itself, which reads ONNX: no second implementation of any operator.
    ['src/passes/', [...ir, ...show, 'src/ops/', 'src/onnx/', 'src/runtime/']],
    ['src/targets/', [...ir, ...show, 'src/ops/']],
    ['src/layers/', [...ir, 'src/ops/']],
    ['src/zoo/', [...ir, 'src/layers/']],
    ['src/autodiff/', [...ir, 'src/ops/']],
    ['src/kernels/', [...ir, 'src/autodiff/', 'src/onnx/', 'src/runtime/']],
    ['src/data/', [...ir, ...show, 'src/plot/']],
    ['src/ledger/', [...ir, ...show, 'src/plot/']],
  ];
  const algorithms = [
    ...ir,
    ...show,
    ...['autodiff', 'data', 'kernels', 'ledger', 'onnx', 'ops', 'passes', 'plot', 'runtime', 'targets'].map(
      (f) => `src/${f}/`,
    ),
  ];
  const upper = ['src/convert/', 'src/graph-view/', 'src/train/', 'src/quantize/', 'src/bench/'].map(
    (f): [string, string[]] => [f, algorithms],
  );
  upper.push(['src/distill/', [...algorithms, 'src/train/', 'src/bench/']]);
  upper.push(['src/simulate/', [...algorithms, 'src/quantize/', 'src/bench/']]);
  upper.push(['src/explain/', [...algorithms, 'src/quantize/', 'src/graph-view/']]);
  upper.unshift(['src/quantize/', [...algorithms, 'src/train/']]);
  upper.push(['src/prune/', [...algorithms, 'src/train/', 'src/bench/']]);
  const makers = ['train', 'quantize', 'prune', 'distill', 'bench', 'simulate', 'zoo'].map(
    (f) => `src/${f}/`,
  );
  upper.push(['src/recipe/', [...algorithms, ...makers, 'src/version.ts']]);
  upper.push(['src/search/', [...algorithms, ...makers, 'src/recipe/']]);
  for (const f of ['src/diff/', 'src/summary/']) upper.push([f, [...algorithms, 'src/quantize/']]);
  return [...layers, ...upper, ['src/index.ts', ['src/']]];
}

/** Packages that may be imported, and the one folder that may. */
const packages: Record<string, string> = {
  '@dagrejs/dagre': 'src/graph-view/',
  '@expo-google-fonts/inter': 'src/plot/',
  '@jupyterlab/services': 'devices/jupyter/',
  '@resvg/resvg-js': 'src/plot/',
  '@tslab/typescript-for-tslab': 'kernel/types/',
  acorn: 'kernel/engine/',
  'eslint-scope': 'kernel/engine/',
  ink: 'kernel/repl/',
  react: 'kernel/',
  sixel: 'kernel/repl/',
  'string-width': 'kernel/repl/',
  hyparquet: 'src/data/',
  'hyparquet-compressors': 'src/data/',
  marked: 'kernel/html/',
  'onnxruntime-node': 'src/runtime/',
  papaparse: 'src/data/',
  serialport: 'devices/serial/',
  sharp: 'src/data/',
  tslab: 'kernel/types/',
  typescript: 'kernel/',
  vega: 'src/plot/',
  zeromq: 'kernel/',
};

const imports = (path: string): string[] =>
  ts.preProcessFile(sources.get(path)!, true, true).importedFiles.map((file) => file.fileName);

describe('imports', () => {
  test.each(files)('%s', (path) => {
    const [own, others] = arrows.find(([prefix]) => path.startsWith(prefix))!;
    const allowed = [own, ...others];
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

test('the list of magics has every magic of its folder, each in the file of its name', () => {
  const own = files.filter((path) => path.startsWith('magics/') && sources.get(path)!.includes(': Magic<'));
  const names = own.map((path) => basename(path, '.ts')).filter((name) => name !== 'magic');
  expect(magics.map((magic) => magic.name).toSorted()).toEqual(names.toSorted());
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
