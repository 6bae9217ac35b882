import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { quantize } from '../../magics/quantize.ts';
import { PairedAccuracy } from '../../src/bench/index.ts';
import { openDataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { type PartedReport, QuantizationReport, SchemeReport } from '../../src/quantize/index.ts';
import { QatReport } from '../../src/quantize/qat/index.ts';
import type { Progress, Report } from '../../src/report.ts';
import { SaturationReport } from '../../src/simulate/index.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
const run = (line: string) => session.run(line) as Promise<Variant>;
const quick = '--samples 64 --test 200';

const reportOf = (variant: Variant) => variant.report as PartedReport<never>;
const operators = (variant: Variant) => new Set(variant.model.graph.nodes.map(({ opType }) => opType));
const accuracies = (variant: Variant) => {
  const [first] = reportOf(variant).parts;
  expect(first).toBeInstanceOf(PairedAccuracy);
  return first as PairedAccuracy;
};

/** Lost no more than some points on the test samples. */
const isClose = (variant: Variant, points = 0.05) =>
  expect(accuracies(variant).change.value).toBeGreaterThanOrEqual(-points);

/** The line, in a session that is interrupted as soon as its training tells a loss. */
function interrupted(text: string) {
  const controller = new AbortController();
  const progress = () => ({
    update: ({ message = '' }: Progress) => {
      if (/loss/.test(message)) controller.abort();
    },
    done: () => {},
  });
  const context = { ...session.context, signal: controller.signal, progress };
  return quantize.run(parseLine(quantize, text), context);
}

beforeAll(async () => {
  session = await magicSession();
  const mnist = await openDataset('mnist', { cwd: session.context.cwd });
  session.variables.set('few', mnist.take(128));
  session.variables.set('some', mnist.take(2000));
  await run('%train mlp --limit 3200 --lr 2e-3');
  await run('%train lenet --limit 1920 --lr 3e-3');
}, 60_000);

describe('one scheme after the other, each a variant with its report', () => {
  test('static: accuracies first, then its own parts', async () => {
    const q = await run(`%quantize lenet --int8 ${quick}`);
    expect(q.name).toBe('lenet_int8');
    expect(session.variables.get('lenet_int8')).toBe(q);
    expect(q.report).toBeInstanceOf(QuantizationReport);
    expect(q.options).toMatchObject({ int8: true, method: 'min-max', samples: 64 });
    isClose(q);
    expect(session.bars.at(-1)).toBe('quantize lenet: calibrated with 64 samples');
  });

  test('--method auto and --min-sqnr choose by the outputs, without labels', async () => {
    const q = await run(`%quantize lenet --method auto --weight-bits 3 --min-sqnr 30 --as chosen ${quick}`);
    expect(q.options).toMatchObject({ method: 'auto', 'min-sqnr': 30 });
    const report = q.report as QuantizationReport;
    expect(report.outputs[0]!.sqnr).toBeGreaterThan(26);
    expect(report.left.length).toBeGreaterThan(0);
    expect(report.parts.map(({ title }) => title).join()).toMatch(/units stay float/);
  });

  test('--q-operator writes operators on integers that compute the same', async () => {
    const q = await run(`%quantize lenet --q-operator ${quick}`);
    expect(q.name).toBe('lenet_int8_qop');
    expect(operators(q)).toContain('QLinearConv');
    expect(accuracies(q).after.value).toBe(
      accuracies(session.variables.get('lenet_int8') as Variant).after.value,
    );
    expect(reportOf(q).parts[1]).toBeInstanceOf(SchemeReport);
  });

  test('--w4a8 packs its weights, and the size that is told is that of the file', async () => {
    const q = await run(`%quantize mlp --w4a8 --repair bias-correction ${quick}`);
    expect(q.name).toBe('mlp_w4a8');
    const dtypes = [...q.model.graph.initializers.values()].map(({ dtype }) => dtype);
    expect(dtypes.filter((dtype) => dtype === 'int4')).toHaveLength(2);
    const report = q.report as QuantizationReport;
    expect(report.sizeAfter).toBe(q.bytes);
    expect(report.title).toContain(`${(q.bytes / 1000).toFixed(1)} kB`);
    isClose(q, 0.1);
  });

  test('--w4a8 for a target that cannot read int4 leaves them in bytes, and says so', async () => {
    const q = await run(`%quantize lenet --w4a8 --target tflite --as bytes ${quick}`);
    expect(reportOf(q).warnings[0]).toMatch(/^The weights of 4 bits stay in bytes: onnxruntime unpacks/);
    const largest = [...q.model.graph.initializers.values()]
      .filter(({ dtype, tensor }) => dtype === 'int8' && tensor!.shape.length > 1)
      .map(({ tensor }) => (tensor!.data as Int8Array).reduce((most, q) => Math.max(most, Math.abs(q)), 0));
    expect(Math.max(...largest)).toBe(7);
  });

  test('--dynamic', async () => {
    const q = await run(`%quantize mlp --dynamic ${quick}`);
    expect(q.name).toBe('mlp_dynamic');
    expect(operators(q)).toContain('DynamicQuantizeLinear');
    isClose(q);
    const kept = await run(
      `%quantize mlp --dynamic --reduce-range --per-tensor --exclude dense2 --as kept ${quick}`,
    );
    expect((kept.report as SchemeReport).left).toMatchObject([
      { node: 'dense2', reason: 'excluded by name' },
    ]);
    const weights = kept.model.graph.initializers.get('dense1.weight_quantized')!.tensor!;
    expect(Math.max(...Array.from(weights.data as Int8Array, Math.abs))).toBe(64);
  });

  test('--weight-only takes bits, groups, rounding and zero points', async () => {
    const eight = await run(`%quantize mlp --weight-only ${quick}`);
    const four = await run(`%quantize mlp --int4 ${quick}`);
    const precise = await run(
      `%quantize mlp --weight-only --int4 --group 64 --rounding gptq --asymmetric --as gptq ${quick}`,
    );
    const two = await run(`%quantize mlp --weight-only --weight-bits 2 --group channel ${quick}`);
    expect([eight.name, four.name, two.name]).toEqual(['mlp_w8', 'mlp_int4', 'mlp_w2']);
    expect(eight.bytes).toBeGreaterThan(1.5 * four.bytes);
    expect(operators(four)).toContain('MatMulNBits');
    expect(reportOf(precise).title).toMatch(/^2 weights in 4 bits by GPTQ/);
    expect(reportOf(precise).rows[0]!.form).toMatch(/groups of 64/);
    for (const variant of [eight, four, precise]) isClose(variant);
  });

  test('--fp16 and --bf16', async () => {
    const half = await run(`%quantize lenet --fp16 ${quick}`);
    const stored = await run(`%quantize lenet --bf16 ${quick}`);
    expect([half.name, stored.name]).toEqual(['lenet_fp16', 'lenet_bf16']);
    const { bytes } = session.variables.get('lenet') as Variant;
    for (const variant of [half, stored]) {
      expect(variant.bytes).toBeLessThan(0.6 * bytes);
      isClose(variant, 0.01);
    }
  });

  test('%bench, %compare and %weights know them all', async () => {
    const names =
      'mlp mlp_w4a8 mlp_dynamic mlp_w8 mlp_int4 gptq lenet_int8 lenet_int8_qop lenet_fp16 lenet_bf16';
    const table = (await session.run(`%bench ${names} --runs 1 --warmup 1 --data few`)) as Report;
    expect(table.rows.map(({ variant }) => variant)).toEqual(names.split(' '));
    for (const row of table.rows) expect(row.accuracy).toBeGreaterThan(0.5);
    const compared = (await session.run(`%compare ${names}`)) as Report;
    expect(compared.rows).toHaveLength(10);
    for (const name of names.split(' ').slice(0, 6)) {
      const { rows } = (await session.run(`%weights ${name}`)) as Report;
      const counts = rows.map(({ count }) => count as number);
      expect(counts.toSorted((a, b) => a - b)).toEqual([10, 128, 1280, 784 * 128]);
    }
  });
});

describe('7-bit weights', () => {
  test('observed: where this network saturates; always: everywhere', async () => {
    const observed = await run(`%quantize mlp --reduce-range observed --as observed ${quick}`);
    expect(reportOf(observed).parts[1]).toBeInstanceOf(SaturationReport);
    const always = await run(`%quantize mlp --reduce-range --as always ${quick}`);
    expect(always.options['reduce-range']).toBe('always');
    const avx2 = await run(`%quantize mlp --target ort-cpu-avx2 --as avx2 ${quick}`);
    expect(reportOf(avx2).parts[1]).toBeInstanceOf(SaturationReport);
  });
});

describe('--qat', () => {
  test('trains from the static quantization, in its bits, and exports what it learned', async () => {
    const start = await run(`%quantize mlp --weight-bits 2 --as start ${quick}`);
    const q = await run(
      `%quantize mlp --weight-bits 2 --qat --epochs 2 --lr 5e-4 --learn-scales --validation 200 --checkpoint qat.ckpt --calib some ${quick}`,
    );
    expect(q.name).toBe('mlp_int8_qat');
    expect(accuracies(q).after.value).toBeGreaterThan(accuracies(start).after.value);
    expect(reportOf(q).parts[1]).toBeInstanceOf(QatReport);
    expect((q.report as QuantizationReport).tensors.filter(({ kind }) => kind === 'weight')).toHaveLength(2);
    expect(existsSync(join(session.context.cwd, 'qat.ckpt'))).toBe(true);
    expect(q.options).toMatchObject({ qat: true, epochs: 2, lr: 5e-4 });
  }, 60_000);

  test('--labels, --w4a8, normalizations apart', async () => {
    await run('%train resnet8 --data few --limit 64 --batch 32');
    const q = await run(
      `%quantize resnet8 --w4a8 --qat --bn freeze --labels --batch 32 --calib few --samples 32 --test 64`,
    );
    expect(q.name).toBe('resnet8_w4a8_qat');
    await expect(run('%quantize resnet8 --qat --bn freeze --repair cle --calib few')).rejects.toThrow(
      /--bn freeze .* --repair cle changes/,
    );
  }, 60_000);

  test('an interruption keeps what was reached', async () => {
    const q = await interrupted('mlp --qat --epochs 50 --samples 64 --as partly');
    expect(reportOf(q).warnings.some((warning) => /^Interrupted after \d+ of \d+ steps/.test(warning))).toBe(
      true,
    );
    expect(reportOf(q).parts[0]).toBeInstanceOf(QatReport);
  }, 60_000);
});

test('a model that scores no classes is quantized all the same, and limited by its outputs', async () => {
  await run('%train autoencoder --data few --limit 64 --batch 32');
  const q = await run(`%quantize autoencoder ${quick}`);
  expect(q.report).toBeInstanceOf(QuantizationReport);
  expect(reportOf(q).parts).toEqual([]);
  const limited = await run(`%quantize autoencoder --max-drop 20% --as limited ${quick}`);
  expect(reportOf(limited).parts.map(({ title }) => title)).toEqual([expect.stringMatching(/fidelity/)]);
  await expect(run('%quantize autoencoder --max-drop 5% --metric top1 --samples 32')).rejects.toThrow(
    /--metric top1 needs labels and a model that scores their classes, .*: use fidelity/,
  );
}, 60_000);

test.each([
  ['--fp16 --dynamic', /--fp16 and --dynamic are two ways to quantize: give one/],
  ['--int4 --int8', /--int4 and --int8/],
  ['--method mse --fp16', /--method is for .*--int8; --fp16 does not take it: leave it out/],
  ['--group 32', /--group is for --weight-only, --int4; --int8, the default, does not take it/],
  ['--max-drop 1% --weight-only', /--max-drop is for .*; --weight-only does not take it/],
  ['--qat --dynamic', /--qat is for --w4a8, --int8; --dynamic does not take it/],
  ['--epochs 2', /--epochs needs --qat/],
  ['--resume --qat', /--resume needs --checkpoint/],
  ['--metric top1', /--metric needs --max-drop.*as in --max-drop 0.5%/],
  ['--qat --max-drop 1%', /--qat and --max-drop do not go together/],
  ['--weight-only --int4 --weight-bits 3', /--int4 and --weight-bits say two numbers of bits/],
  ['--w4a8 --weight-bits 4', /--weight-bits is for .*; --w4a8 does not take it/],
  ['--w4a8 --q-operator', /--q-operator is for --int8; --w4a8 does not take it/],
  ['--weight-only --weight-bits 5', /Weights must have 2, 3, 4 or 8 bits, were to have 5/],
  ['--weight-only --group 33', /A group must be 16, 32, 64, 128 or 256/],
  ['--weight-only --group some', /--group must be 16, .* or channel, was 'some'/],
  ['--dynamic --reduce-range observed', /--dynamic knows no activations beforehand/],
  ['--reduce-range=sometimes', /--reduce-range must be one of always, observed, never, was 'sometimes'/],
  ['--q-operator --target tensorrt', /--q-operator and --target tensorrt contradict/],
  ['--qat --lr -1 --samples 32', /^--lr must be a finite number above 0, was -1/],
])('%quantize mlp %s is refused', async (flags, message) => {
  await expect(run(`%quantize mlp ${flags}`)).rejects.toThrow(message);
});
