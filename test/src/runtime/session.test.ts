import { expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** Bits of 1, 2, 4, 8 in float16. */
const halves = Uint16Array.of(0x3c00, 0x4000, 0x4400, 0x4800);

test('a float16 model runs, with its values as Uint16Array', async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  const g = createBuilder();
  const x = g.input('x', 'float16', [4]);
  const weight = g.initializer('w', Tensor.of('float16', halves));
  g.output(g.op('Add', [x, weight]), 'y');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)));
  const { y } = await session.run({ x: Tensor.of('float16', halves) });
  await session.release();
  expect(y!.dtype).toBe('float16');
  expect(y!.data).toEqual(Uint16Array.of(0x4000, 0x4400, 0x4800, 0x4c00));
  expect(Object.getOwnPropertyDescriptor(globalThis, 'Float16Array')).toEqual(before);
});
