import { cpSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { CodeCell } from '../../kernel/notebook.ts';
import { runNotebook } from '../../kernel/run-notebook.ts';

test('the tour of the kernel runs as it says', async () => {
  const { cells, shown } = await runTutorial('02-the-kernel');
  expect(shown('[3, 4]')).toContain('["5"]');
  expect(shown('interface Layer')).toContain('100480');
  expect(shown('const note')).toContain('range ±1: largest error 0.0039');
  expect(shown('class Bar')).toContain('text/html');
  expect(shown('%help')).toContain('--per-tensor');
  expect(shown('scaleFor')).toContain('largest must be positive, was 0');
  expect(JSON.stringify(cells.at(-1)?.outputs)).toContain('["3"]');
});

test('the tutorial of data, models and training runs as it says', { timeout: 240_000 }, async () => {
  const { shown, accuracy } = await runTutorial('03-models-data-training');
  expect(shown('%data ./out/shapes')).toContain('480 train, 120 test');
  const trained = accuracy('--checkpoint');
  expect(trained).toBeGreaterThan(80);
  expect(accuracy('--resume')).toBe(trained);
  expect(shown('%graph')).toContain('29 nodes');
  // The claim of its section: what was learned before helps with few pictures.
  expect(accuracy('--as tuned')).toBeGreaterThan(accuracy('--as scratch') + 5);
  expect(shown('%diff')).toContain('7 removed, 0 added, 0 changed');
  expect(shown('%compare')).toContain('dscnn_int8');
  expect(shown('%plot pareto')).toContain('Pareto front');
});

async function runTutorial(name: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-test-')));
  const path = join(folder, `${name}.ipynb`);
  cpSync(`notebooks/${name}.ipynb`, path);
  const { notebook, ok } = await runNotebook(path, { terminal: silent() });
  const cells = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
  const failed = cells.filter(({ outputs }) => outputs.some(({ output_type }) => output_type === 'error'));
  // One cell of the second tutorial fails on purpose.
  expect(failed.every(({ source }) => source.includes('scaleFor'))).toBe(true);
  expect(ok).toBe(true);
  const shown = (part: string): string => {
    const cell = cells.find(({ source }) => source.includes(part));
    if (!cell) throw new Error(`'${name}' has no cell with '${part}'`);
    return JSON.stringify(cell.outputs);
  };
  const accuracy = (part: string): number => Number(/test accuracy ([\d.]+) %/.exec(shown(part))?.[1]);
  return { cells, shown, accuracy };
}

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
