import { expect, test } from 'vitest';
import { type DType, isFloat, Tensor } from '../../src/ir/index.ts';
import { infer } from '../../src/ops/index.ts';
import { opCases } from '../src/ops/cases/index.ts';
import { fed, type OpCase, oneNode, runOneNode } from '../support/one-node.ts';

type Input = OpCase['inputs'][number];

/** Operators whose float32 constants are scales, of no other type. */
const scaled = /Resize|Upsample|Quantize/;

/** The input in another element type, if it is of float32. */
function typed(input: Input, dtype: DType): Input {
  if (Array.isArray(input)) return fed(dtype, ...input);
  if (!(input instanceof Tensor) || input.dtype !== 'float32' || dtype === 'float16') return input;
  const numbers = input.toNumbers();
  return Tensor.of(
    dtype,
    isFloat(dtype) ? numbers : numbers.map((x) => Math.abs(Math.trunc(x))),
    input.shape,
  );
}

/** The call with all its float32 inputs in another type, and with only the first. */
const variants = (c: OpCase, dtype: DType): OpCase[] => {
  const inputs = c.inputs.map((input) =>
    input instanceof Tensor && scaled.test(c.op) ? input : typed(input, dtype),
  );
  return [
    { ...c, inputs },
    { ...c, inputs: c.inputs.map((input, i) => (i === 0 ? inputs[0] : input)) },
  ];
};

test.each<DType>(['float16', 'float64', 'int32', 'int64', 'uint32', 'int8', 'uint8', 'bool'])(
  'every call in %s that onnxruntime takes has the types that it gives',
  async (dtype) => {
    let taken = 0;
    for (const c of opCases.flatMap((one) => variants(one, dtype))) {
      const actual = await runOneNode(c).catch(() => undefined);
      if (!actual) continue;
      taken++;
      const inferred = infer(oneNode(c).node).map((type) => type.dtype);
      expect(inferred, `${c.domain ?? ''} ${c.op} of ${dtype}`).toEqual(actual.map((type) => type.dtype));
    }
    expect(taken).toBeGreaterThan(100);
  },
);
