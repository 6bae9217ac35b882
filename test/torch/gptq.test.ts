import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { IntegerFormat } from '../../src/quantize/schemes/grouped/integer-format.ts';
import { gptq } from '../../src/quantize/schemes/weight-only/gptq.ts';
import { correlatedLayer, rowsOf } from '../src/quantize/schemes/weight-only/correlated-layer.ts';
import { describeWith } from '../support/describe-with.ts';
import { torch } from './train-in-torch.ts';

interface Rounded {
  readonly integers: number[][];
  readonly scales: number[][];
}

async function inTorch(jobs: readonly object[]): Promise<Rounded[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const path = join(folder, 'jobs.json');
    await writeFile(path, JSON.stringify(jobs));
    const script = fileURLToPath(new URL('gptq.py', import.meta.url));
    return JSON.parse((await promisify(execFile)(torch.path, [script, path])).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const cases: [IntegerFormat, boolean][] = ([4, 3, 2] as const).flatMap((bits) =>
  [true, false].flatMap((symmetric) =>
    [16, undefined].flatMap((group) =>
      [true, false].map((actOrder): [IntegerFormat, boolean] => [{ bits, symmetric, group }, actOrder]),
    ),
  ),
);

describeWith('GPTQ beside the same in PyTorch, in blocks', [torch], () => {
  test('the same integers and scales in every format', async () => {
    const { matrix, hessian, activations } = correlatedLayer({ channels: 12, inputs: 40, samples: 200 });
    const weights = rowsOf(matrix.values, matrix.inputs);
    const jobs = cases.map(([format, actOrder]) => ({ weights, activations, actOrder, ...format }));
    const results = await inTorch(jobs);
    for (const [i, [format, actOrder]] of cases.entries()) {
      const { integers, scales } = await gptq(matrix, hessian, { format, actOrder });
      const label = JSON.stringify([format, actOrder]);
      expect([...integers], label).toEqual(results[i]!.integers.flat());
      for (const [j, scale] of results[i]!.scales.flat().entries())
        expect(scales[j]! / scale, label).toBeCloseTo(1, 6);
    }
  });
});
