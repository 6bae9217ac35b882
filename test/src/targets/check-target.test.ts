import { describe, expect, test } from 'vitest';
import { checkTarget, targetOf, targets, type Violation } from '../../../src/targets/index.ts';
import { batches, decibels, run } from '../quantize/build.ts';
import { mixedNet, relu6Net, residualNet } from './nets.ts';
import { quantizeFor } from './quantize-for.ts';

const feeds = batches([1, 16, 8, 8]);
const told = (violations: readonly Violation[]) =>
  violations.map(({ severity, what }) => `${severity}: ${what}`);

describe.each(targets.map((target) => [target.name, target] as const))('%s', (name, target) => {
  test.each([
    ['residual', residualNet],
    ['relu6', relu6Net],
    ['mixed', mixedNet],
  ] as const)('%s net: what is quantized for it breaks no rule, and computes the same', async (net, make) => {
    const model = await quantizeFor(make(), target, feeds);
    const broken = told(checkTarget(model, target));
    // What has no kernel at all cannot be helped by quantizing.
    const allowed = broken.filter((one) =>
      /no int8 kernel|bounds must be|computes it in float|this output/.test(one),
    );
    expect(broken).toEqual(allowed);
    const expected = await run(make(), feeds[0]!);
    const given = await run(model, feeds[0]!);
    const output = Object.keys(expected)[0]!;
    expect(decibels(expected[output]!, given[output]!), `${name} ${net}`).toBeGreaterThan(20);
  });
});

test('a model for one target shows what another minds', async () => {
  const vnni = await quantizeFor(residualNet(), targetOf('ort-cpu-vnni'), feeds);
  const trt = told(checkTarget(vnni, targetOf('tensorrt')));
  expect(trt).toContain('slow: its bias must be float32, is quantized');
  expect(trt).toContain('slow: it must be int8, is uint8');
  expect(trt).toContain(
    'slow: the edge from the convolution must stay float, is quantized: the sum cannot join it',
  );
  const avx2 = told(checkTarget(vnni, targetOf('ort-cpu-avx2')));
  expect(new Set(avx2.map((one) => one.replace(/lies in .*:/, 'lies in X:')))).toEqual(
    new Set(['inaccurate: its weight must lie in [-64, 64], lies in X: sums of products may saturate']),
  );
  const arm = await quantizeFor(residualNet(), targetOf('ort-arm'), feeds);
  expect(
    told(checkTarget(arm, targetOf('tensorrt'))).filter((one) => one.includes('zero point')),
  ).not.toEqual([]);
  const mixed = await quantizeFor(mixedNet(), targetOf('ort-arm'), feeds);
  const lite = told(checkTarget(mixed, targetOf('tflite')));
  const unsigned = await quantizeFor(mixedNet(), targetOf('ort-cpu-vnni'), feeds);
  expect(
    told(checkTarget(unsigned, targetOf('tflite'))).filter((one) =>
      /output must have scale 0.00390625 and zero point -128/.test(one),
    ),
  ).toHaveLength(1);
  expect(lite.filter((one) => /must have one scale and zero point/.test(one)).length).toBeGreaterThan(1);
  expect(lite.filter((one) => /its weight must have one scale, has 10/.test(one))).toHaveLength(1);
});

test('a float model shows what would stop it', () => {
  expect(told(checkTarget(mixedNet('N'), targetOf('edgetpu')))).toEqual([
    'refused: all its sizes must be numbers, are [N, 16, 8, 8]',
    'slow: this input must be in int8, is in float32',
    'slow: this output must be in int8, is in float32',
  ]);
  expect(told(checkTarget(mixedNet(4), targetOf('edgetpu')))[0]).toBe('refused: its batch must be 1, is 4');
  const old = relu6Net();
  old.opsets.set('', 11);
  expect(checkTarget(old, targetOf('tensorrt'))[0]).toMatchObject({
    severity: 'refused',
    what: 'its operator set must be 13 to 24, is 11',
    remedy: 'upgrade the operator set, or export with a newer one',
  });
});
