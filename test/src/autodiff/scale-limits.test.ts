import { expect, test } from 'vitest';
import { scaleLimits } from '../../../src/autodiff/scale-limits.ts';
import { type Graph, Tensor, type Value } from '../../../src/ir/index.ts';
import { annotateTypes, createBuilder } from '../../../src/ops/index.ts';

interface Case {
  readonly scale: number;
  readonly zero: number;
  readonly bounds?: readonly [number | undefined, number | undefined];
}

/** x, perhaps a Clip, then a round trip through uint8. */
function rounded({ scale, zero, bounds }: Case): { graph: Graph; scales: Value[] } {
  const g = createBuilder({ name: 'rounded' });
  const x = g.input('x', 'float32', ['N', 4]);
  const limits = bounds?.map((bound) => (bound === undefined ? undefined : g.scalar(bound)));
  const clipped = limits ? g.op('Clip', [x, ...limits]) : x;
  const s = g.initializer('scale', Tensor.scalar('float32', scale));
  const z = g.constant('uint8', [zero], []);
  g.output(g.op('DequantizeLinear', [g.op('QuantizeLinear', [clipped, s, z]), s, z]), 'y');
  annotateTypes(g.graph);
  return { graph: g.graph, scales: [s] };
}

const limitOf = (one: Case): number => {
  const { graph, scales } = rounded(one);
  return scaleLimits(graph, scales)[0]!;
};

test('behind a Clip all integers stay within its bounds', () => {
  const limit = limitOf({ scale: 0.01, zero: 0, bounds: [0, 6] });
  expect(limit).toBeCloseTo(6 / 255, 8);
  expect(limit * 255).toBeLessThanOrEqual(6);
  // The side that ends first.
  expect(limitOf({ scale: 0.001, zero: 100, bounds: [-1, 6] })).toBeCloseTo(0.01, 8);
});

test('half a step beyond them is as far as it goes', () => {
  const scale = Math.fround(2 / 255);
  expect(limitOf({ scale, zero: 128, bounds: [-1, 1] })).toBe(scale);
});

test.each<[string, Case]>([
  ['no Clip', { scale: 0.01, zero: 0 }],
  ['a Clip without a bound above', { scale: 0.01, zero: 0, bounds: [0, undefined] }],
  ['integers that go beyond it already', { scale: 0.05, zero: 0, bounds: [0, 6] }],
  ['a Clip without 0 in it', { scale: 0.05, zero: 0, bounds: [1, 6] }],
])('%s leaves the scale free', (_, one) => {
  expect(limitOf(one)).toBeGreaterThan(3e38);
});
