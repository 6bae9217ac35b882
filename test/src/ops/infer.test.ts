import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/errors.ts';
import { type Dim, formatShape, Tensor, type TensorType } from '../../../src/ir/index.ts';
import { infer, ops } from '../../../src/ops/index.ts';
import { type Form, type OpCase, oneNode, runOneNode } from '../../support/one-node.ts';
import { arithmeticCases } from './cases/arithmetic.ts';
import { indexCases } from './cases/indices.ts';
import { matrixCases } from './cases/matrices.ts';
import { refusedCases } from './cases/refused.ts';
import { shapeCases } from './cases/shapes.ts';
import { windowCases } from './cases/windows.ts';

const cases = [...arithmeticCases, ...indexCases, ...matrixCases, ...shapeCases, ...windowCases];
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
    expect(text(infer(oneNode(c).node))).toEqual(text(actual));
    expect(text(infer(oneNode(c, { constants: 'node' }).node))).toEqual(text(actual));
    for (const [name, form] of Object.entries(partial)) {
      infer(oneNode(c, form).node).forEach((type, i) => {
        expect(admits(type, actual[i]!), `${name}: ${text([type])} for ${text([actual[i]!])}`).toBe(true);
      });
    }
  });

  test('every operator has a case', () => {
    const tested = new Set([...cases.map((c) => c.op), 'Loop']);
    expect(ops.map((op) => op.type).filter((type) => !tested.has(type))).toEqual([]);
  });
});

describe('refuses what onnxruntime refuses', () => {
  test.each(refusedCases.map(({ says, ...c }) => [title(c), c, says] as const))('%s', async (_, c, says) => {
    expect(() => infer(oneNode(c).node)).toThrow(says);
    expect(() => infer(oneNode(c).node)).toThrow(ModelError);
    await expect(runOneNode(c)).rejects.toThrow(ModelError);
  });
});

/** True if the actual type is one of those that the inferred one leaves open. */
function admits(inferred: TensorType, actual: TensorType): boolean {
  if (inferred.dtype !== actual.dtype) return false;
  if (inferred.shape === undefined) return true;
  return (
    inferred.shape.length === actual.shape!.length &&
    inferred.shape.every((dim, i) => dim === null || sizeOf(dim) === actual.shape![i])
  );
}

const sizeOf = (dim: Exclude<Dim, null>): number =>
  typeof dim === 'number' ? dim : Number(dim.split('=')[1]);

function title({ op, inputs, attributes = {}, opset, outputs }: OpCase): string {
  const shapes = inputs.map((input) => {
    if (!input) return '-';
    if (input instanceof Tensor) return `${input.dtype}(${input.toNumbers()})`;
    return 'dtype' in input ? `${input.dtype}${formatShape(input.shape)}` : formatShape(input);
  });
  const rest = Object.entries(attributes).map(
    ([k, v]) => `${k}=${typeof v === 'object' && 'value' in v ? v.value : v}`,
  );
  return [
    op,
    ...shapes,
    ...rest,
    ...(outputs ? [`${outputs} outputs`] : []),
    ...(opset ? [`opset ${opset}`] : []),
  ].join(' ');
}
