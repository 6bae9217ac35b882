import { expect, test } from 'vitest';
import { Node, Tensor, Value } from '../../../../src/ir/index.ts';
import { ChannelLabels } from '../../../../src/prune/groups/channel-labels.ts';
import { NodeTrace } from '../../../../src/prune/groups/node-trace.ts';

const typed = (name: string, shape: readonly number[]) => new Value(name, { dtype: 'float32', shape });

test('an input without labels has one unlabelled axis per dimension, one that is left out none', () => {
  const labels = new ChannelLabels();
  const x = typed('x', [2, 8, 4]);
  // What an operator without a rule leaves behind.
  labels.axes.set(x, []);
  const trace = new NodeTrace(
    new Node({ opType: 'Split', inputs: [x], outputs: [typed('y', [2, 4, 4])] }),
    labels,
  );
  expect(trace.input(0)).toEqual([undefined, undefined, undefined]);
  expect(trace.input(1)).toEqual([]);
});

test('a role goes to the constant behind nodes that have nothing but constants', () => {
  const labels = new ChannelLabels();
  const weight = new Value('w', undefined, Tensor.of('float32', new Float32Array(6), [2, 3]));
  const [x, turned, y] = [typed('x', [1, 3]), typed('turned', [3, 2]), typed('y', [1, 2])];
  const transpose = new Node({ opType: 'Transpose', inputs: [weight], outputs: [turned] });
  const product = new Node({ opType: 'MatMul', inputs: [x, turned], outputs: [y] });
  const before = new NodeTrace(transpose, labels);
  before.output(before.input(0).toReversed());
  labels.noteComputed(transpose);
  labels.axes.set(x, labels.label(x));
  const trace = new NodeTrace(product, labels);
  for (const index of [0, 1]) trace.role(index, 1, 'output');
  labels.noteComputed(product);
  expect(labels.uses.map(({ node, roles }) => [node, [...roles]])).toEqual([[transpose, [[0, 'output']]]]);
  expect(labels.usesBehind(y)).toEqual([]);
});
