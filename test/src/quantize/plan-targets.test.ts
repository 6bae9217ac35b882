import { describe, expect, test } from 'vitest';
import type { Model, Value } from '../../../src/ir/index.ts';
import { planOf, prepare, type QuantizationPlan } from '../../../src/quantize/index.ts';
import { targetOf, targets } from '../../../src/targets/index.ts';
import { mixedNet, relu6Net, residualNet } from '../targets/nets.ts';
import { build } from './build.ts';

const plan = (model: Model, name: string): QuantizationPlan =>
  planOf(prepare(model), { target: targetOf(name) });

/** Operators that make the activations; an input of the graph makes its own. */
const makers = (values: Iterable<Value>): string[] =>
  [...values].map((value) => value.producer?.opType ?? 'input').toSorted();

const left = ({ left }: QuantizationPlan): [string, string][] =>
  [...left].map(([node, reason]) => [node.opType, reason]);

const rootMaker = (value: Value | undefined) => value?.producer?.opType ?? 'input';

describe('a residual net', () => {
  const around = targets.filter(({ placement }) => placement === 'around').map(({ name }) => name);

  test.each(around)('%s: everything is int8, sums quantize both inputs, Relu joins', (name) => {
    const p = plan(residualNet(), name);
    expect(p.left.size).toBe(0);
    expect(p.floatInputs.size).toBe(0);
    const made = makers(p.activations.keys());
    // Convolutions without Relu behind them: a2, s, b2. Those with: stem, a1, b1 and both sums.
    expect(made.filter((op) => op === 'Conv')).toHaveLength(3);
    expect(made.filter((op) => op === 'Relu')).toHaveLength(5);
    expect(made.filter((op) => op === 'Add')).toHaveLength(0);
    expect(made).toContain('Gemm');
  });

  test('tensorrt: only the external input of a sum is quantized, outputs only where they are read in int8', () => {
    const p = plan(residualNet(), 'tensorrt');
    expect(p.left.size).toBe(0);
    const sums = [...p.floatInputs].map(([node, inputs]) => [node.opType, ...inputs]);
    // Of two convolutions the last joins: 'b2', the second operand.
    expect(sums).toEqual([
      ['Add', 1],
      ['Add', 1],
    ]);
    const made = makers(p.activations.keys());
    expect(made.filter((op) => op === 'Conv')).toHaveLength(1);
    expect(made).not.toContain('Gemm');
    expect(made).toContain('input');
  });

  test('openvino: quantizes both inputs of sums, and no output of the graph', () => {
    const p = plan(residualNet(), 'openvino');
    expect(p.left.size).toBe(0);
    expect(p.floatInputs.size).toBe(0);
    expect(makers(p.activations.keys())).not.toContain('Gemm');
  });

  test('tflite: average pooling has one scale, which both its sides make', () => {
    const p = plan(residualNet(), 'tflite');
    const pool = [...p.nodes.keys()].find(({ opType }) => opType === 'GlobalAveragePool')!;
    const root = p.activations.get(pool.output())!;
    expect(p.activations.get(pool.input(0))).toBe(root);
    expect(makers(p.observed.get(root)!)).toEqual(['GlobalAveragePool', 'Relu']);
    const vnni = plan(residualNet(), 'ort-cpu-vnni');
    const other = [...vnni.nodes.keys()].find(({ opType }) => opType === 'GlobalAveragePool')!;
    expect(vnni.activations.get(other.input(0))).not.toBe(vnni.activations.get(other.output()));
  });
});

describe('a net with Clip', () => {
  test.each(['ort-cpu-vnni', 'ort-cpu-avx2', 'ort-arm', 'tensorrt', 'openvino', 'qnn', 'c'])(
    '%s: any Clip joins its convolution',
    (name) => {
      expect(left(plan(relu6Net(), name))).toEqual([]);
      expect(makers(plan(relu6Net(), name).activations.keys())).not.toContain('Conv');
    },
  );

  test.each([
    ['tflite', '[0, Infinity] or [0, 6] or [-1, 1] or [0, 1]'],
    ['edgetpu', '[0, Infinity] or [0, 6] or [-1, 1]'],
  ])('%s: only the bounds of its own activations do', (name, bounds) => {
    const p = plan(relu6Net(), name);
    expect(left(p)).toEqual([['Clip', `its bounds must be ${bounds}, are [0, 1.5]`]]);
    expect(makers(p.activations.keys())).toEqual(['Clip', 'Conv', 'input']);
  });
});

describe('a net with pooling, Resize, Concat and Softmax', () => {
  test('ort-cpu-vnni: Concat rescales, Resize does not, Softmax has the range of its operator', () => {
    const p = plan(mixedNet(), 'ort-cpu-vnni');
    expect(left(p)).toEqual([]);
    const node = (op: string) => [...p.nodes.keys()].find(({ opType }) => opType === op)!;
    expect(rootMaker(p.activations.get(node('Resize').output()))).toBe('AveragePool');
    expect(rootMaker(p.activations.get(node('Concat').output()))).toBe('Concat');
    expect([...p.fixed.values()]).toEqual([{ min: 0, max: 255 / 256 }]);
  });

  test.each(['tflite', 'edgetpu'])('%s: one scale through Concat, and the fixed one of Softmax', (name) => {
    const p = plan(mixedNet(), name);
    expect(left(p)).toEqual([]);
    const node = (op: string) => [...p.nodes.keys()].find(({ opType }) => opType === op)!;
    const concat = node('Concat');
    const root = p.activations.get(concat.output())!;
    for (const value of concat.inputs) expect(p.activations.get(value!)).toBe(root);
    expect(makers(p.observed.get(root)!)).toContain('Relu');
    expect(p.fixed.get(p.activations.get(node('Softmax').output())!)).toEqual({
      scale: 1 / 256,
      zeroPoint: -128,
    });
  });

  test('qnn: the same output of Softmax in uint8; weights of Gemm with one scale', () => {
    const p = plan(mixedNet(), 'qnn');
    expect([...p.fixed.values()]).toEqual([{ scale: 1 / 256, zeroPoint: 0 }]);
    const perChannel = [...p.nodes].map(([node, rule]) => [
      node.opType,
      rule.kind === 'weighted' && (rule.perChannel?.(node) ?? true),
    ]);
    expect(Object.fromEntries(perChannel)).toMatchObject({ Conv: true, Gemm: false });
  });

  test.each(['tensorrt', 'openvino'])('%s: Softmax stays float and says why', (name) => {
    const reasons = left(plan(mixedNet(), name));
    expect(reasons).toHaveLength(1);
    expect(reasons[0]![0]).toBe('Softmax');
    expect(reasons[0]![1]).toMatch(/float/);
  });

  test('c: Resize has no kernel, and what it would have passed on is read in float', () => {
    expect(left(plan(mixedNet(), 'c'))).toEqual([['Resize', 'c has no int8 kernel for Resize']]);
  });
});

test('a node that was left out says so, and stays float', () => {
  const model = residualNet();
  const conv = model.graph.nodes.find(({ opType }) => opType === 'Conv')!;
  const exclude = new Set([conv.output().name]);
  const p = planOf(prepare(model), { target: targetOf('tflite'), exclude });
  expect(left(p)).toEqual([
    ['Conv', 'it was excluded'],
    ['Relu', 'its input is float'],
  ]);
});

test('tensorrt: a convolution of few channels stays float', () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [1, 3, 8, 8]);
    const stem = b.op('Relu', [b.op('Conv', [x, weight('w', [16, 3, 3, 3])])]);
    b.output(b.op('Conv', [stem, weight('v', [16, 16, 1, 1])]), 'y');
  });
  const p = plan(model, 'tensorrt');
  expect(left(p)).toEqual([
    ['Conv', 'dimension 1 of its input 1 must be 16 or more, is 3'],
    ['Relu', 'its input is float'],
  ]);
  expect(makers(p.activations.keys())).toEqual(['Relu']);
});
