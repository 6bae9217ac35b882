import { describe, expect, test } from 'vitest';
import { type AttributeInput, check, float, floats, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { upgradeOpset } from '../../../src/passes/index.ts';
import { fed, type OpCase, oneNode } from '../../support/one-node.ts';
import { expectSameOutputs, outputsOf } from '../../support/same-outputs.ts';
import { build } from './passing.ts';

/** One node of an old operator set, and the operators that say the same in the newest one. */
const cases: [test: OpCase, operators: string[]][] = [
  [
    { op: 'Upsample', inputs: [[1, 2, 3, 3]], attributes: { scales: floats([1, 1, 2, 2]) }, opset: 7 },
    ['Resize'],
  ],
  [
    {
      op: 'Upsample',
      inputs: [[1, 2, 3, 3], Tensor.of('float32', [1, 1, 2, 3])],
      attributes: { mode: 'linear' },
      opset: 9,
    },
    ['Resize'],
  ],
  [{ op: 'Resize', inputs: [[1, 2, 5, 5], Tensor.of('float32', [1, 1, 0.6, 0.6])], opset: 10 }, ['Resize']],
  [{ op: 'Resize', inputs: [[1, 2, 5, 5], Tensor.of('float32', [1, 1, 1.6, 2])], opset: 10 }, ['Resize']],
  [
    { op: 'Slice', inputs: [[4, 5]], attributes: { starts: [1, 0], ends: [3, -1], axes: [1, 0] }, opset: 9 },
    ['Slice'],
  ],
  [{ op: 'Slice', inputs: [[4, 5]], attributes: { starts: [1], ends: [3] }, opset: 9 }, ['Slice']],
  [{ op: 'TopK', inputs: [[4, 5]], attributes: { k: 2 }, outputs: 2, opset: 9 }, ['TopK']],
  [{ op: 'Clip', inputs: [[4, 5]], attributes: { min: float(0.2), max: float(0.6) }, opset: 10 }, ['Clip']],
  [{ op: 'Clip', inputs: [[4, 5]], attributes: { max: float(0.6) }, opset: 10 }, ['Clip']],
  [{ op: 'Pad', inputs: [[2, 3]], attributes: { pads: [0, 1, 2, 0], value: float(7) }, opset: 10 }, ['Pad']],
  [{ op: 'Pad', inputs: [[2, 3]], attributes: { pads: [0, 1, 0, 1], mode: 'reflect' }, opset: 10 }, ['Pad']],
  [
    {
      op: 'Scatter',
      inputs: [[3, 3], Tensor.of('int64', [0, 2], [1, 2]), [1, 2]],
      attributes: { axis: 1 },
      opset: 10,
    },
    ['ScatterElements'],
  ],
  [{ op: 'Dropout', inputs: [[4]], attributes: { ratio: float(0.3) }, opset: 11 }, ['Dropout']],
  [{ op: 'Squeeze', inputs: [[1, 4, 1]], attributes: { axes: [0] }, opset: 12 }, ['Squeeze']],
  [{ op: 'Squeeze', inputs: [[1, 4, 1]], opset: 12 }, ['Squeeze']],
  [{ op: 'Unsqueeze', inputs: [[4]], attributes: { axes: [0, 2] }, opset: 12 }, ['Unsqueeze']],
  [
    { op: 'ReduceSum', inputs: [[2, 3, 4]], attributes: { axes: [1], keepdims: 0 }, opset: 12 },
    ['ReduceSum'],
  ],
  [{ op: 'ReduceSum', inputs: [[2, 3, 4]], opset: 12 }, ['ReduceSum']],
  [{ op: 'Softmax', inputs: [[2, 3]], opset: 12 }, ['Softmax']],
  [{ op: 'Softmax', inputs: [[2, 3, 4]], opset: 12 }, ['Flatten', 'Softmax', 'Shape', 'Reshape']],
  [{ op: 'LogSoftmax', inputs: [[2, 3, 4]], attributes: { axis: 2 }, opset: 12 }, ['LogSoftmax']],
  [
    { op: 'Hardmax', inputs: [[2, 3, 4]], attributes: { axis: 0 }, opset: 12 },
    ['Flatten', 'Hardmax', 'Shape', 'Reshape'],
  ],
  [
    { op: 'Split', inputs: [[2, 6]], attributes: { axis: 1, split: [2, 4] }, outputs: 2, opset: 12 },
    ['Split'],
  ],
  [{ op: 'Split', inputs: [[2, 6]], attributes: { axis: 1 }, outputs: 3, opset: 12 }, ['Split']],
  [
    {
      op: 'RoiAlign',
      inputs: [[1, 2, 8, 8], Tensor.of('float32', [1, 1, 5, 6], [1, 4]), Tensor.of('int64', [0])],
      attributes: { output_height: 3, output_width: 3 },
      opset: 10,
    },
    ['RoiAlign'],
  ],
  ...(['ReduceMean', 'ReduceMax', 'ReduceL2', 'ReduceLogSumExp', 'ReduceProd'] as const).map(
    (op): [OpCase, string[]] => [{ op, inputs: [[2, 3, 4]], attributes: { axes: [-1] }, opset: 13 }, [op]],
  ),
  [
    {
      op: 'GridSample',
      inputs: [
        [1, 2, 4, 4],
        [1, 3, 3, 2],
      ],
      attributes: { mode: 'bicubic' },
      opset: 16,
    },
    ['GridSample'],
  ],
];

const named = (test: OpCase): string => {
  const attributes = Object.entries<AttributeInput>(test.attributes ?? {}).map(
    ([key, value]) => `${key}=${typeof value === 'object' && 'value' in value ? value.value : value}`,
  );
  return `${test.op} of ${test.opset} ${attributes.join(' ')}`;
};

describe('means the same in operator set 21', () => {
  test.each(cases.map(([test, operators]) => [named(test), test, operators] as const))(
    '%s',
    async (_, test, operators) => {
      const { model } = oneNode(test);
      const bytes = writeModel(model);
      const { model: upgraded } = upgradeOpset(model);
      expect(upgraded.opset).toBe(21);
      expect(upgraded.graph.nodes.map(({ opType }) => opType)).toEqual(operators);
      await expectSameOutputs(model, upgraded);
      expect(Buffer.compare(writeModel(model), bytes)).toBe(0);
      expect(upgradeOpset(upgraded).report.rows).toEqual([]);
    },
  );
});

/** Operator set 6, which onnxruntime runs no more: what its changelog says, in operator set 13. */
const legacy: [name: string, old: OpCase, same: OpCase][] = [
  [
    'an axis to broadcast along',
    {
      op: 'Sub',
      inputs: [[2, 3, 4], Tensor.of('float32', [1, 2, 3])],
      attributes: { broadcast: 1, axis: 1 },
      opset: 6,
    },
    { op: 'Sub', inputs: [[2, 3, 4], Tensor.of('float32', [1, 2, 3], [3, 1])], opset: 13 },
  ],
  [
    'a broadcast at the end',
    { op: 'Mul', inputs: [[2, 3, 4], [4]], attributes: { broadcast: 1 }, opset: 6 },
    { op: 'Mul', inputs: [[2, 3, 4], [4]], opset: 13 },
  ],
  [
    'Gemm',
    { op: 'Gemm', inputs: [[2, 3], [3, 4], [4]], attributes: { broadcast: 1 }, opset: 6 },
    { op: 'Gemm', inputs: [[2, 3], [3, 4], [4]], opset: 13 },
  ],
  [
    'slopes per channel',
    { op: 'PRelu', inputs: [[2, 3, 4, 4], Tensor.of('float32', [-1, 2, 3])], opset: 6 },
    { op: 'PRelu', inputs: [[2, 3, 4, 4], Tensor.of('float32', [-1, 2, 3], [3, 1, 1])], opset: 13 },
  ],
  [
    'BatchNormalization',
    {
      op: 'BatchNormalization',
      inputs: [[2, 3, 4], [3], [3], [3], [3]],
      attributes: { is_test: 1 },
      opset: 6,
    },
    { op: 'BatchNormalization', inputs: [[2, 3, 4], [3], [3], [3], [3]], opset: 13 },
  ],
];

test.each(legacy)('from operator set 6: %s', async (_, old, same) => {
  await expectSameOutputs(oneNode(same).model, upgradeOpset(oneNode(old).model).model);
});

test('an input that is broadcast along an axis, and what follows it', async () => {
  const old = oneNode({
    op: 'Add',
    inputs: [[2, 3, 4], [3]],
    attributes: { broadcast: 1, axis: 1 },
    opset: 6,
  }).model;
  const { model } = upgradeOpset(old);
  expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Unsqueeze', 'Add']);
  const b = Tensor.of('float32', [1, 2, 3]);
  const x = Tensor.of(
    'float32',
    Float32Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  );
  const { y0 } = await outputsOf(model, { feeds: { x0: x, x1: b } });
  expect(y0!.toNumbers()).toEqual(x.toNumbers().map((v, i) => v + 1 + (Math.floor(i / 4) % 3)));
});

test('bounds of another type than float32 are cast', () => {
  const clip: OpCase = {
    op: 'Clip',
    inputs: [fed('float16', 4)],
    attributes: { max: float(0.5) },
    opset: 10,
  };
  const { model } = upgradeOpset(oneNode(clip).model);
  check(model);
  expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Cast', 'Clip']);
  expect(model.graph.nodes[1]!.inputs[1]).toBeUndefined();
});

test('the report says which set changed what', () => {
  const model = build(({ b }) => {
    b.output(b.op('Softmax', [b.input('x', 'float32', [2, 3])], { axis: 1 }), 'y');
  }, 12);
  const { report } = upgradeOpset(model);
  expect(report.rows).toEqual([{ operator: 'Softmax', change: 'operator set 13', nodes: 1 }]);
  expect(report.title).toBe('graph: operator set 12 → 21, 1 nodes rewritten');
});

test('a smaller step stops where it should', () => {
  const { model } = oneNode({ op: 'ReduceMean', inputs: [[2, 3]], attributes: { axes: [1] }, opset: 9 });
  const { model: upgraded } = upgradeOpset(model, 13);
  check(upgraded);
  expect(upgraded.opset).toBe(13);
  expect(upgraded.graph.nodes[0]!.ints('axes')).toEqual([1]);
});

describe('refuses', () => {
  const refused: [OpCase, number | undefined, string][] = [
    [{ op: 'Foo', inputs: [[1]], opset: 9 }, undefined, "Foo 'node' is of no operator of the ONNX domain"],
    [{ op: 'Abs', inputs: [[1]], opset: 5 }, undefined, 'must be of operator set 6 or newer'],
    [{ op: 'Abs', inputs: [[1]], opset: 9 }, 22, 'at most 21, is 22'],
    [{ op: 'Abs', inputs: [[1]], opset: 9 }, 8, "at least the model's own, 9, is 8"],
    [
      { op: 'BatchNormalization', inputs: [[2, 3], [3], [3], [3], [3]], opset: 6 },
      undefined,
      "BatchNormalization 'node' must be in inference mode",
    ],
    [
      { op: 'Resize', inputs: [[1, 1, 4, 4], Tensor.of('float32', [1, 1, 2, 0.5])], opset: 10 },
      undefined,
      'all at least 1 or all at most 1',
    ],
    [{ op: 'Dropout', inputs: [[4]], outputs: 2, opset: 9 }, undefined, 'must not have a mask that is read'],
  ];
  test.each(refused)('%o to %s', (test, target, message) => {
    expect(() => upgradeOpset(oneNode(test).model, target)).toThrow(message);
  });
});
