import { expect, test } from 'vitest';
import { check } from '../../../src/ir/check.ts';
import { dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { constantsToInitializers } from '../../../src/passes/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';

test('makes initializers of Constant nodes, on a copy', () => {
  const plain = sequential([2, 2], [flatten(), dense(3), relu()]);
  const model = withConstantNodes(plain);
  const before = writeModel(model);
  expect(model.graph.initializers.size).toBe(0);
  const result = constantsToInitializers(model);
  check(result);
  expect(result.graph.nodes.map((node) => node.opType)).toEqual(['Flatten', 'Gemm', 'Relu']);
  expect([...result.graph.initializers.keys()]).toEqual([...plain.graph.initializers.keys()]);
  expect(writeModel(model)).toEqual(before);
});

test('a constant that is an output stays a node', () => {
  const model = withConstantNodes(sequential([2], [dense(3)]));
  model.graph.outputs.push(model.graph.value('dense1.bias')!);
  const { graph } = constantsToInitializers(model);
  expect(graph.nodes.map((node) => node.opType)).toEqual(['Constant', 'Gemm']);
});
