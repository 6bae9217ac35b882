import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
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

test('the tutorial of quantization runs as it says', { timeout: 240_000 }, async () => {
  const { cells, shown } = await runTutorial('04-quantization');
  expect(shown('%calibrate mobile --calib digits')).toContain('nothing is wrong with the data');
  expect(shown('--calib bytes')).toContain('The input is not normalized as in training');
  expect(shown('%explain plain --target tensorrt')).toContain(
    'dimension 1 of its input 1 must be 16 or more',
  );
  expect(shown('broken.report')).toContain('is no accident of these samples');
  expect(shown('limited.report')).toContain('allowed 1.00 % of top1');
  expect(shown('%simulate')).toContain('saturate on x86 without VNNI');
  // What its sections claim, by the accuracies of %bench.
  const accuracy = accuraciesOf(cells.find(({ source }) => source.includes('%compare')));
  const [float, broken] = [accuracy('mobile'), accuracy('broken')];
  expect(float).toBeGreaterThan(88);
  expect(accuracy('plain')).toBeGreaterThan(float - 1);
  expect(broken).toBeLessThan(float - 10);
  expect(float - accuracy('repaired')).toBeLessThan((float - broken) / 4);
  expect(float - accuracy('limited')).toBeLessThan(2);
  expect(accuracy('two')).toBeLessThan(40);
  expect(accuracy('learned')).toBeGreaterThan(accuracy('two') + 25);
  expect(shown('%plot pareto')).toContain('Pareto front');
});

test('the tutorial of pruning and distillation runs as it says', { timeout: 240_000 }, async () => {
  const { cells, shown } = await runTutorial('05-prune-and-distill');
  expect(shown('half.report')).toContain('MACs to 49');
  expect(shown('half.report')).toContain('time of a run, measured');
  expect(shown('%sensitivity')).toContain('conv2');
  expect(shown('sparse.report')).toContain('file zipped');
  expect(shown('--baseline')).toContain('labels alone');
  expect(shown('%optimize')).toContain('small');
  expect(shown('%recipe')).toContain('small.recipe.json');
  const accuracy = accuraciesOf(cells.find(({ source }) => source.includes('%compare')));
  expect(accuracy('half')).toBeGreaterThan(accuracy('cnn') - 1);
  expect(accuracy('sparse')).toBeGreaterThan(accuracy('cnn') - 1);
  expect(accuracy('small')).toBeGreaterThan(accuracy('cnn') - 1.5);
  expect(shown('%plot pareto')).toContain('Pareto front');
});

test('the tutorial of deployment runs as it says', { timeout: 120_000 }, async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-home-')));
  const before = process.env.HOME;
  process.env.HOME = home;
  const { shown } = await runTutorial('06-deploy').finally(() => {
    process.env.HOME = before;
  });
  expect(shown('%estimate')).toContain('estimate from data sheets');
  expect(shown('%deploy board cnn')).toContain('cnn is served from slot a');
  expect(shown('--try')).toContain('number 7 is highest');
  expect(shown('const listed')).toContain('first ten: 7 2 1 0 4');
  expect(shown('%profile small')).toContain('QLinearConv');
  expect(shown('%deploy board small')).toContain('small is served from slot b');
  expect(shown("'answers now'")).toContain('small answers now');
  expect(shown("'answers again'")).toContain('cnn answers again');
  expect(shown('fill(samples')).toContain('DRIFT: PSI');
  expect(shown('%detach')).toContain('its service, its deployments and its models are gone');
  expect(readdirSync(join(home, '.edgebook'))).toEqual([]);
  rmSync(home, { recursive: true });
});

/** Percent by the name of a variant, from what `%compare` shows. */
function accuraciesOf(cell: CodeCell | undefined): (name: string) => number {
  const shown = cell?.outputs.flatMap((output) => ('data' in output ? [output.data['text/plain']] : []));
  const rows = [shown]
    .flat(2)
    .join('')
    .split('\n')
    .map((row) => row.split(/ +/));
  // Before it: the variant, two sizes, parameters, MACs.
  return (name) => Number(rows.find(([variant]) => variant === name)?.[5]);
}

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
