import { expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { optimizeGraph } from '../../../src/passes/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';
import { build, opTypes, pass } from './passing.ts';

const fold = ['fold-constants', 'remove-unused'];

test('weights that are computed from constants become initializers under the same name', async () => {
  const model = build(({ b, weights }) => {
    const turned = b.op('Transpose', [weights('w', 5, 4)], { perm: [1, 0] });
    const scaled = b.op('Mul', [turned, b.scalar(0.5)]);
    b.output(b.op('MatMul', [b.input('x', 'float32', [3, 4]), scaled]), 'y');
  });
  const { model: result, counts } = await pass(model, fold, { tolerance: 0 });
  expect(opTypes(result)).toEqual(['MatMul']);
  expect([...result.graph.initializers.keys()]).toEqual(['Mul_2']);
  expect(counts['constant computation']).toBe(2);
});

test('Constant nodes count as constants', async () => {
  const model = build(({ b, weights }) => {
    const sum = b.op('Add', [weights('v', 4), weights('w', 4)]);
    b.output(b.op('Mul', [b.input('x', 'float32', [4]), sum]), 'y');
  });
  const { model: result } = await pass(withConstantNodes(model));
  expect(opTypes(result)).toEqual(['Mul']);
});

test('what a caller may override, quantized weights, large results, outputs and random numbers stay', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', [4]);
    const fallback = weights('fallback', 4);
    b.graph.inputs.push(fallback);
    b.output(b.op('Add', [x, b.op('Neg', [fallback])]), 'overridable');
    const integers = b.constant('int8', [1, 2, 3, 4]);
    b.output(b.op('Add', [x, b.op('DequantizeLinear', [integers, b.scalar(0.1)])]), 'quantized');
    const large = b.op('Expand', [weights('w', 1), b.int64s([100_000, 4])]);
    b.output(b.op('Add', [x, large]), 'large');
    b.output(b.op('Neg', [weights('v', 4)]), 'constant');
  });
  const feeds = { x: Tensor.of('float32', [1, 2, 3, 4]), fallback: Tensor.of('float32', [1, 2, 3, 4]) };
  const { model: result, counts } = await pass(model, fold, { feeds });
  expect(opTypes(result)).toEqual(opTypes(model));
  expect(counts).toEqual({});
});

test('one that onnxruntime refuses stays and is named; the others fold', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', [4]);
    b.output(b.op('Add', [x, b.op('Neg', [weights('v', 4)])]), 'y');
    // There is no kernel for it on the CPU.
    const half = b.op('Sqrt', [b.initializer('h', Tensor.of('bfloat16', [1, 2, 3, 4]))]);
    b.output(b.op('Add', [x, b.op('Cast', [half], { to: 1 })]), 'z');
  });
  const before = writeModel(model);
  const { model: result, report } = await optimizeGraph(model, { passes: fold });
  expect(writeModel(model)).toEqual(before);
  expect(opTypes(result)).toEqual(['Add', 'Sqrt', 'Cast', 'Add']);
  expect(report.warnings.join()).toMatch(/is constant but stays computed: onnxruntime/);
});
