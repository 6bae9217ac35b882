import Ort from 'onnxruntime-node';
import { expect, onTestFinished, test, vi } from 'vitest';
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

/** A session of `op`, and what its native runs were given to write into. */
async function repeated(op: (g: ReturnType<typeof createBuilder>) => void) {
  const into: unknown[] = [];
  const run = vi.spyOn(
    (Ort.InferenceSession as unknown as { prototype: Ort.InferenceSession }).prototype,
    'run',
  );
  onTestFinished(() => run.mockRestore());
  const g = createBuilder();
  op(g);
  const session = await InferenceSession.create(writeModel(new Model(g.graph)));
  const again = await session.repeatable({ x: Tensor.of('float32', Float32Array.of(1, 0, 3, 4)) });
  for (let i = 0; i < 3; i++) await again();
  for (const [, outputs] of run.mock.calls) into.push(outputs);
  await session.release();
  return into as (Record<string, { data: unknown }> | undefined)[];
}

test('runs are repeated into the same outputs', async () => {
  const [first, ...others] = await repeated((g) =>
    g.output(g.op('Neg', [g.input('x', 'float32', ['N'])]), 'y'),
  );
  expect(first).toBeUndefined();
  expect(others).toHaveLength(3);
  expect(new Set(others).size).toBe(1);
  expect(others[0]!.y!.data).toEqual(Float32Array.of(-1, -0, -3, -4));
});

test('strings, and outputs of changing shapes, are made anew', async () => {
  const strings = await repeated((g) =>
    g.output(g.op('Cast', [g.input('x', 'float32', ['N'])], { to: 8 }), 'y'),
  );
  expect(strings).toEqual([undefined, undefined, undefined, undefined]);
  const random = await repeated((g) => {
    const noise = g.op('RandomUniformLike', [g.input('x', 'float32', ['N'])]);
    const [kept] = [g.op('Greater', [g.op('Tile', [noise, g.int64s([4096])]), g.scalar(0.5)])];
    g.output(g.op('NonZero', [kept]), 'y');
  });
  expect(random.at(-1)).toBeUndefined();
});

test('a feed that is missing is named', async () => {
  const g = createBuilder();
  g.output(g.op('Neg', [g.input('x', 'float32', ['N'])]), 'y');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)));
  await expect(session.repeatable({})).rejects.toThrow("The model needs input 'x'");
  await session.release();
});
