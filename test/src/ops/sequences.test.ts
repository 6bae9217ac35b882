import { describe, expect, test } from 'vitest';
import { formatShape, type GraphBuilder, Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** A tensor made of x [4, 3] by way of a sequence. */
type Write = (g: GraphBuilder, x: Value) => Value;

const at = (g: GraphBuilder, list: Value, index: number): Value =>
  g.op('SequenceAt', [list, g.constant('int64', [index], [])]);

/** What is inferred for it, and what onnxruntime gives. */
async function types(write: Write): Promise<[inferred: string, actual: string]> {
  const g = createBuilder();
  const y = write(g, g.input('x', 'float32', [4, 3]));
  g.output(y, 'y');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)));
  const x = Tensor.of('float32', new Float32Array(12), [4, 3]);
  const { y: result } = await session.run({ x });
  await session.release();
  return [`${y.dtype}${formatShape(y.shape)}`, `${result!.dtype}${formatShape(result!.shape)}`];
}

const doubling: Write = (g, x) => {
  const body = createBuilder({ prefix: 'body/' });
  const row = body.input('row', 'float32', [3]);
  body.output(body.op('Concat', [row, row], { axis: 0 }), 'twice');
  const rows = g.op('SplitToSequence', [x], { keepdims: 0 });
  return at(g, g.op('SequenceMap', [rows], { body: body.graph }), 1);
};

describe('types pass through sequences as onnxruntime passes tensors', () => {
  test.each<[string, Write, inferred: string, actual: string]>([
    ['rows', (g, x) => at(g, g.op('SplitToSequence', [x]), 1), 'float32[1, 3]', 'float32[1, 3]'],
    [
      'columns without the axis',
      (g, x) => at(g, g.op('SplitToSequence', [x], { axis: 1, keepdims: 0 }), 0),
      ...(['float32[4]', 'float32[4]'] as const),
    ],
    [
      'halves',
      (g, x) => at(g, g.op('SplitToSequence', [x, g.constant('int64', [2], [])]), 1),
      ...(['float32[2, 3]', 'float32[2, 3]'] as const),
    ],
    [
      'parts of given sizes',
      (g, x) => at(g, g.op('SplitToSequence', [x, g.int64s([1, 3])]), 1),
      ...(['float32[?, 3]', 'float32[3, 3]'] as const),
    ],
    [
      'parts joined',
      (g, x) => g.op('ConcatFromSequence', [g.op('SplitToSequence', [x])], { axis: 0 }),
      ...(['float32[?, 3]', 'float32[4, 3]'] as const),
    ],
    [
      'parts stacked',
      (g, x) => g.op('ConcatFromSequence', [g.op('SplitToSequence', [x])], { axis: -1, new_axis: 1 }),
      ...(['float32[1, 3, ?]', 'float32[1, 3, 4]'] as const),
    ],
    [
      'elements of two shapes',
      (g, x) => at(g, g.op('SequenceConstruct', [x, g.op('Concat', [x, x], { axis: 0 })]), 1),
      ...(['float32[?, 3]', 'float32[8, 3]'] as const),
    ],
    [
      'an element put in',
      (g, x) => at(g, g.op('SequenceInsert', [g.op('SequenceEmpty', []), x]), 0),
      ...(['float32[4, 3]', 'float32[4, 3]'] as const),
    ],
    [
      'what is left',
      (g, x) => at(g, g.op('SequenceErase', [g.op('SequenceConstruct', [x, x])]), 0),
      ...(['float32[4, 3]', 'float32[4, 3]'] as const),
    ],
    ['a length', (g, x) => g.op('SequenceLength', [g.op('SplitToSequence', [x])]), 'int64[]', 'int64[]'],
    ['what a body makes of rows', doubling, 'float32[6]', 'float32[6]'],
    [
      'an optional',
      (g, x) => g.op('OptionalGetElement', [g.op('Optional', [x])]),
      ...(['float32[4, 3]', 'float32[4, 3]'] as const),
    ],
    [
      'whether it is there',
      (g, x) => g.op('OptionalHasElement', [g.op('Optional', [x])]),
      'bool[]',
      'bool[]',
    ],
  ])('%s', async (_, write, inferred, actual) => {
    expect(await types(write)).toEqual([inferred, actual]);
  });

  test('a body that does not fit is refused', () => {
    const g = createBuilder();
    const rows = g.op('SplitToSequence', [g.input('x', 'float32', [4, 3])]);
    expect(() => g.op('SequenceMap', [rows], { body: createBuilder().graph })).toThrow(
      /must take 1 values, takes 0/,
    );
  });
});
