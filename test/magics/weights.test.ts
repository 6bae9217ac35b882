import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import type { Context, Magic } from '../../magics/magic.ts';
import { summary } from '../../magics/summary.ts';
import { weights } from '../../magics/weights.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import type { Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-weights-magic-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(magic: Magic<Report>, line: string): Promise<Report> {
  const ledger = await Ledger.open(folder, { readModel, writeModel });
  const net = architecture('lenet', { sample: [1, 28, 28], classes: 10, seed: 0 });
  const variables = { get: (name: string) => (name === 'net' ? net : undefined), names: () => ['net'] };
  return magic.run(parseLine(magic, line), { variables, ledger: async () => ledger } as unknown as Context);
}

test('%weights shows those of a model, or those that a pattern names', async () => {
  const report = await run(weights, 'net');
  expect(report.title).toMatch(/^Weights of net: 8 tensors, 206,922 numbers/);
  expect((await run(weights, "net 'conv*.weight'")).rows.map((row) => row.weight)).toEqual([
    'conv1.weight',
    'conv2.weight',
  ]);
  await expect(run(weights, 'net convv1.weight')).rejects.toThrow("Did you mean 'conv1.weight'?");
  await expect(run(weights, 'nets')).rejects.toThrow("Did you mean 'net'?");
});

test('%summary ends in the totals', async () => {
  const { rows } = await run(summary, 'net');
  expect(rows.at(-1)).toMatchObject({ layer: 'total', parameters: 206_922, parameterBytes: 4 * 206_922 });
});
