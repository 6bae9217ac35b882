import { expect, test } from 'vitest';
import { putBuffers, removeBuffers } from '../../../kernel/widgets/buffers.ts';

const bytes = Uint8Array.of(1, 2, 3);

test('buffers leave objects without a trace and arrays with null, as ipywidgets sends them', () => {
  const state = { plain: [0, 'text', null], x: { ar: bytes }, y: { shape: [10, 10], list: [bytes, 5] } };
  const split = removeBuffers(state);
  expect(split.state).toEqual({ plain: [0, 'text', null], x: {}, y: { shape: [10, 10], list: [null, 5] } });
  expect(Object.keys((split.state as { x: object }).x)).toEqual([]);
  expect(split.buffer_paths).toEqual([
    ['x', 'ar'],
    ['y', 'list', 0],
  ]);
  expect(split.buffers).toEqual([bytes, bytes]);
  expect(state.x.ar).toBe(bytes);
});

test('put back, the state is what it was; a view sends its own bytes only', () => {
  const view = new Float32Array([9, 1, 2]).subarray(1);
  const { state, buffer_paths, buffers } = removeBuffers({ a: { b: [view] } });
  putBuffers(state as Record<string, unknown>, buffer_paths, buffers);
  expect(state).toEqual({ a: { b: [new Uint8Array(new Float32Array([1, 2]).buffer)] } });
});

test('a path cannot leave the state', () => {
  const state = {};
  putBuffers(state, [['__proto__', 'polluted'], ['constructor', 'x'], [], ['nowhere', 0]], [bytes, bytes]);
  expect({}).not.toHaveProperty('polluted');
  expect(Object).not.toHaveProperty('x');
  expect(state).toEqual({});
});
