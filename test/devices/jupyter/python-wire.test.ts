import { expect, test } from 'vitest';
import { fromPython, toPython } from '../../../devices/jupyter/python-wire.ts';
import { Tensor } from '../../../src/ir/index.ts';

test('what goes to Python comes back the same', () => {
  const value = {
    numbers: [1, -2.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    text: 'ü "quoted"\n',
    none: null,
    big: 2n ** 80n,
    floats: new Float32Array([1, -2]),
    longs: new BigInt64Array([2n ** 60n]),
    bytes: new Uint8Array([1, 2, 3]),
    $: { $: 'array' },
  };
  expect(fromPython(toPython(value, 'x'))).toEqual(value);
});

test('tensors keep shape and type; a view sends only what it shows', () => {
  const tensor = Tensor.of('int8', [1, 2, 3, 4], [2, 2]);
  expect(fromPython(toPython(tensor, 'x'))).toEqual(tensor);
  const view = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
  expect(fromPython(toPython([view, Tensor.scalar('float16', 1)], 'x'))).toEqual([
    new Float64Array([2, 3]),
    Tensor.scalar('float16', 1),
  ]);
});

test.each([
  [() => 1, 'function'],
  [new Map(), 'Map'],
  [new Tensor('int4', [2], new Uint8Array(1)), 'tensor of int4'],
  [{ a: [new Date()] }, 'Date'],
])('what Python has no word for is refused: %#', (value, what) => {
  expect(() => toPython(value, 'mine')).toThrow(
    `'mine' cannot be sent to Python, which has no word for a ${what}`,
  );
});
