import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/errors.ts';
import { formatShape, Tensor, type TensorType } from '../../../src/ir/index.ts';
import { infer, ops } from '../../../src/ops/index.ts';
import { admits } from '../../support/admits.ts';
import { type Form, type OpCase, oneNode, runOneNode } from '../../support/one-node.ts';
import { opCases as cases } from './cases/index.ts';
import { refusedCases } from './cases/refused.ts';

/** Operators with subgraphs, of sequences, and one of strings: they have tests of their own. */
const elsewhere = [
  ...['If', 'Loop', 'Scan', 'StringNormalizer', 'Optional', 'OptionalGetElement', 'OptionalHasElement'],
  ...[
    'SequenceAt',
    'SequenceConstruct',
    'SequenceEmpty',
    'SequenceErase',
    'SequenceInsert',
    'SequenceLength',
  ],
  ...['SequenceMap', 'SplitToSequence', 'ConcatFromSequence'],
];
const text = (types: readonly TensorType[]) =>
  types.map(({ dtype, shape }) => `${dtype}${formatShape(shape)}`);

/** What a case may be told of its input sizes; symbols name their size behind the '='. */
const partial: Record<string, Form> = {
  'symbolic batch': { dim: (size, axis, index) => (axis === 0 && index === 0 ? `N=${size}` : size) },
  'a symbol an axis': { dim: (size, axis, index) => `d${index}.${axis}=${size}` },
  'a symbol a size': { dim: (size) => `s=${size}` },
  'no sizes': { dim: () => null },
  'no ranks': { unranked: true },
  'first input only': { dim: (size, _, index) => (index === 0 ? size : null) },
  'all but the first input': { dim: (size, _, index) => (index === 0 ? null : size) },
  'operands at run time': { constants: 'fed' },
  'operands at run time, symbolic sizes': { constants: 'fed', dim: (size) => `s=${size}` },
  'operands at run time, no ranks': { constants: 'fed', unranked: true },
};

describe('infers what onnxruntime returns', () => {
  test.each(cases.map((c) => [title(c), c] as const))('%s', async (_, c) => {
    const actual = await runOneNode(c);
    const exact = c.dataDependent
      ? []
      : [infer(oneNode(c).node), infer(oneNode(c, { constants: 'node' }).node)];
    for (const types of exact) expect(text(types)).toEqual(text(actual));
    for (const [name, form] of Object.entries({ ...partial, 'all sizes': {} })) {
      infer(oneNode(c, form).node).forEach((type, i) => {
        expect(admits(type, actual[i]!, sizeOf), `${name}: ${text([type])} for ${text([actual[i]!])}`).toBe(
          true,
        );
      });
    }
  });

  test('every operator has a case', () => {
    const key = (domain = '', type = '') => (domain ? `${domain}.${type}` : type);
    const tested = new Set([...cases.map((c) => key(c.domain, c.op)), ...elsewhere]);
    expect(ops.map((op) => key(op.domain, op.type)).filter((type) => !tested.has(type))).toEqual([]);
  });
});

describe('refuses what onnxruntime refuses', () => {
  test.each(refusedCases.map(({ says, ...c }) => [title(c), c, says] as const))('%s', async (_, c, says) => {
    expect(() => infer(oneNode(c).node)).toThrow(says);
    expect(() => infer(oneNode(c).node)).toThrow(ModelError);
    await expect(runOneNode(c)).rejects.toThrow(ModelError);
  });
});

test('refuses recurrent weights that do not fit each other, which onnxruntime lets pass', () => {
  const c: OpCase = {
    op: 'LSTM',
    inputs: [
      [5, 2, 3],
      [1, 12, 3],
      [1, 16, 4],
    ],
    attributes: { hidden_size: 4 },
  };
  expect(() => infer(oneNode(c).node)).toThrow(/weights must have 1 directions of 4 gates of 4 hidden/);
});

const sizeOf = (symbol: string): number => Number(symbol.split('=')[1]);

function title({ op, domain, inputs, attributes = {}, opset, outputs }: OpCase): string {
  const shapes = inputs.map((input) => {
    if (!input) return '-';
    if (input instanceof Tensor) return `${input.dtype}(${input.toNumbers()})`;
    return 'dtype' in input ? `${input.dtype}${formatShape(input.shape)}` : formatShape(input);
  });
  const rest = Object.entries(attributes).map(
    ([k, v]) => `${k}=${typeof v === 'object' && 'value' in v ? v.value : v}`,
  );
  return [
    domain ? `${domain}.${op}` : op,
    ...shapes,
    ...rest,
    ...(outputs ? [`${outputs} outputs`] : []),
    ...(opset ? [`opset ${opset}`] : []),
  ].join(' ');
}
