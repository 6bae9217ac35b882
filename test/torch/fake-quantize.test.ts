import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { standardKernels } from '../../src/autodiff/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { channelOf, type FakeCase, fakeCases } from '../support/fake-quantization-cases.ts';
import { fakeStep } from '../support/fake-quantization-step.ts';
import { torch } from './train-in-torch.ts';

interface Through {
  readonly y: number[];
  readonly dx: number[];
}

interface InTorch {
  readonly fixed: Through;
  readonly learned: Through & { readonly ds: number[] };
}

const factor = 0.125;

/** Numbers that are no halves: PyTorch's learned form adds the zero point before it rounds, ONNX after. */
const offHalves = (fake: FakeCase): FakeCase => ({
  ...fake,
  x: fake.x.map((x, i) => x + fake.scales[channelOf(fake, i)]! / 32),
});

/** The numbers as they are, all halves among them, and off the halves. */
const cases = fakeCases.flatMap((fake) => [fake, { ...offHalves(fake), name: `${fake.name}, no halves` }]);

async function inTorch(): Promise<InTorch[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const jobs = cases.map((fake) => ({ ...fake, axis: fake.axis ?? null, factor }));
    await writeFile(join(folder, 'cases.json'), JSON.stringify(jobs));
    const script = fileURLToPath(new URL('fake_quantize.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const lsqFactor = ({ shape, scales, isWeight, zeroPoints, min, max }: FakeCase): number => {
  const count = shape.slice(isWeight ? 0 : 1).reduce((a, b) => a * b, 1) / scales.length;
  return 1 / Math.sqrt(count * Math.max(...zeroPoints.flatMap((zero) => [max - zero, zero - min])));
};

describeWith('Fake quantization beside PyTorch', [torch], () => {
  let expected: InTorch[];
  beforeAll(async () => {
    expected = await inTorch();
  });

  const withoutSign = (numbers: readonly number[]): number[] => numbers.map((number) => number + 0);

  test.each(cases.map((fake, i) => [fake.name, fake, i] as const))(
    '%s: the same numbers and exactly the same mask',
    async (_, fake, i) => {
      const { y, dx } = await fakeStep(fake, standardKernels);
      expect(withoutSign(y)).toEqual(withoutSign(expected[i]!.fixed.y));
      expect(withoutSign(dx)).toEqual(withoutSign(expected[i]!.fixed.dx));
    },
  );

  test.each(
    cases.map((fake, i) => [fake.name, fake, i] as const).filter(([name]) => name.endsWith('no halves')),
  )('%s: the same gradient of the scale as the learned form', async (_, fake, i) => {
    const { ds } = await fakeStep(fake, standardKernels);
    const wanted = expected[i]!.learned.ds.map((d) => (d / factor) * lsqFactor(fake));
    const size = fake.dy.reduce((sum, dy) => sum + Math.abs(dy), 0) * lsqFactor(fake);
    expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(1e-2);
    for (const [c, d] of ds.entries()) expect(Math.abs(d - wanted[c]!)).toBeLessThan(1e-5 * size);
  });
});
