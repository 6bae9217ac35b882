import { describe, expect, test } from 'vitest';
import { readTfjs } from '../../../../src/convert/index.ts';
import { Tensor } from '../../../../src/ir/index.ts';
import { graphFile, oneOperator, placeholder, tagged } from './graph-file.ts';
import { sample, tensorflow, worstDifference } from './tensorflow.ts';

await tensorflow();

const ints = (...values: number[]): Tensor => Tensor.of('int32', values);
const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: { type: 'DT_INT32' } } });
const node = (name: string, op: string, input: string[], attr = {}) => ({ name, op, input, attr });

describe('shapes that TensorFlow computes', () => {
  test('an open batch goes through Shape, StridedSlice and Pack to Reshape, and none of them is left', async () => {
    const names = ['zero', 'one', 'step', 'nine', 'four'];
    const files = graphFile(
      [
        placeholder('x', { shape: [-1, 6, 6, 1] }),
        ...names.map(constant),
        node('shape', 'Shape', ['x']),
        node('batch', 'StridedSlice', ['shape', 'zero', 'one', 'step'], { shrink_axis_mask: tagged(1) }),
        node('target', 'Pack', ['batch', 'nine', 'four'], { axis: tagged(0) }),
        node('y', 'Reshape', ['x', 'target']),
      ],
      {
        zero: ints(0),
        one: ints(1),
        step: ints(1),
        nine: Tensor.of('int32', [9], []),
        four: Tensor.of('int32', [4], []),
      },
      ['y'],
    );
    const { worst, model } = await worstDifference(files, { x: sample([3, 6, 6, 1]) });
    expect(worst).toBe(0);
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Reshape']);
  });
});

describe('what cannot be converted', () => {
  test('is listed at once, with its counts', () => {
    const files = graphFile(
      [
        placeholder('x', { shape: [2, 3] }),
        node('a', 'TensorListReserve', ['x']),
        node('b', 'NonMaxSuppressionV5', ['a']),
        node('c', 'TensorListReserve', ['b']),
        // Nothing needs this one.
        node('d', 'Enter', ['x']),
      ],
      {},
      ['c'],
    );
    expect(() => readTfjs(files.json, files.weights)).toThrow(
      /2 operators that Edgebook cannot convert: TensorListReserve \(2\), NonMaxSuppressionV5 \(1\)\./,
    );
  });

  test('a cycle, a missing node, a missing weight', () => {
    const read = (nodes: object[]) => {
      const { json, weights } = graphFile(nodes, {}, ['a']);
      return () => readTfjs(json, weights);
    };
    expect(read([node('a', 'Relu', ['b']), node('b', 'Relu', ['a'])])).toThrow(/is in a cycle/);
    expect(read([node('a', 'Relu', ['b'])])).toThrow(/Relu 'a' takes 'b', which the model has not/);
    expect(read([node('a', 'Relu', ['b']), constant('b')])).toThrow(
      /Const 'b' must have its value in the weights/,
    );
  });

  test('an operator with options that ONNX has not', () => {
    const filter = sample([3, 3, 4, 2]);
    const attributes = { strides: [1, 1, 1, 1], padding: 'SAME', data_format: 'NCHW' };
    const { json, weights } = oneOperator({
      op: 'Conv2D',
      inputs: [{ shape: [1, 4, 5, 5] }, filter],
      attributes,
    });
    expect(() => readTfjs(json, weights)).toThrow(/Conv2D 'y' must have data_format NHWC, has NCHW/);
  });

  test('a chain of any length is read without recursion', () => {
    const length = 20_000;
    const chain = Array.from({ length }, (_, i) => node(`n${i}`, 'Identity', [i ? `n${i - 1}` : 'x']));
    const files = graphFile([placeholder('x', { shape: [2] }), ...chain], {}, [`n${length - 1}`]);
    expect(readTfjs(files.json, files.weights).model.graph.nodes).toHaveLength(1);
  });
});
