import { expect, test } from 'vitest';
import { Model, Tensor, type Value } from '../../../../src/ir/index.ts';
import { dependencyGroups, type Group } from '../../../../src/prune/index.ts';
import { Writer } from '../surgery/nets.ts';

type Dense = (w: Writer, shape: readonly [inputs: number, units: number]) => Value;

/** Tokens through a dense layer of 7 units, a residual one of 7, and one of 3. */
function layers(weight: Dense): readonly Group[] {
  const w = new Writer();
  const x = w.g.input('x', 'float32', [1, 5, 6]);
  const y = w.g.op('MatMul', [x, weight(w, [6, 7])]);
  const z = w.g.op('Add', [y, w.g.op('Relu', [w.g.op('MatMul', [y, weight(w, [7, 7])])])]);
  w.g.output(w.g.op('MatMul', [z, weight(w, [7, 3])]), 'y');
  return dependencyGroups(new Model(w.g.graph, 18)).groups;
}

/** `weight axis role`, the axes as they are after a transposition. */
const partsOf = ({ parts }: Group, isTransposed: boolean): string[] =>
  parts
    .map(({ initializer, axis, role }) => `${initializer.name} ${isTransposed ? 1 - axis : axis} ${role}`)
    .sort();

const [plain] = layers((w, shape) => w.weight(shape));

test('dense layers whose weights are made and read where they are', () => {
  expect(plain).toMatchObject({ channels: 7 });
  expect(partsOf(plain!, false)).toEqual(['w0 1 output', 'w1 0 input', 'w1 1 output', 'w2 0 input']);
});

const roundabout: Record<string, { readonly isTransposed: boolean; readonly weight: Dense }> = {
  'a Transpose': {
    isTransposed: true,
    weight: (w, [inputs, units]) => w.g.op('Transpose', [w.weight([units, inputs])], { perm: [1, 0] }),
  },
  'an Identity and a Cast': {
    isTransposed: false,
    weight: (w, shape) => w.g.op('Identity', [w.g.op('Cast', [w.weight(shape)], { to: 1 })]),
  },
  'a Reshape and two Transposes': {
    isTransposed: true,
    weight: (w, [inputs, units]) => {
      const flat = w.g.op('Reshape', [w.weight([units, inputs]), w.ints([units, 1, inputs])]);
      const mixed = w.g.op('Transpose', [flat], { perm: [1, 2, 0] });
      return w.g.op('Reshape', [mixed, w.ints([inputs, units])]);
    },
  },
  'a product with a constant number': {
    isTransposed: false,
    weight: (w, shape) => w.g.op('Mul', [w.weight(shape), w.g.scalar(0.5)]),
  },
};

test.each(Object.entries(roundabout))('the same parts through %s', (_, { weight, isTransposed }) => {
  const groups = layers(weight);
  const [group] = groups;
  expect(groups.map(({ channels, obstacle }) => [channels, obstacle === undefined])).toEqual([
    [7, true],
    [3, false],
  ]);
  expect(partsOf(group!, isTransposed)).toEqual(partsOf(plain!, false));
  for (const part of group!.parts) expect(part.indices(4)).toEqual([4]);
});

test.each<[string, Dense, RegExp]>([
  [
    'an operator without a rule',
    (w, shape) => w.g.op('Trilu', [w.weight(shape)]),
    /Trilu .*channels Edgebook does not know/,
  ],
  [
    'a dequantization',
    (w, shape) => {
      const integers = w.g.initializer(
        `q${shape}`,
        Tensor.of('int8', new Int8Array(shape[0] * shape[1]), shape),
      );
      return w.g.op('DequantizeLinear', [integers, w.weight([shape[1]])], { axis: 1 });
    },
    /prune the float model/,
  ],
])('weights behind %s are listed with the obstacle', (_, weight, obstacle) => {
  const groups = layers(weight);
  expect(groups.map(({ channels }) => channels)).toEqual([7, 7, 3]);
  for (const group of groups) expect(group.obstacle).toMatch(obstacle);
});

test('channels that weights read and none makes are listed with an obstacle', () => {
  const w = new Writer();
  const x = w.g.input('x', 'float32', [1, 5, 4]);
  const queries = w.g.op('Tanh', [w.weight([5, 6])]);
  w.g.output(w.g.op('Add', [x, w.g.op('MatMul', [queries, w.weight([6, 4])])]), 'y');
  const { groups } = dependencyGroups(new Model(w.g.graph, 18));
  const free = groups.find(({ channels }) => channels === 6)!;
  expect(free.parts.map(({ role }) => role)).toEqual(['input', 'input']);
  expect(free.obstacle).toMatch(/MatMul .*no weights make.*fold constants first/);
});

test('what an operator without a rule made is split and joined again as axes that stay', () => {
  const w = new Writer();
  const x = w.g.input('x', 'float32', [1, 3, 4, 4]);
  const made = w.g.op('Trilu', [w.conv(x, 8)]);
  const [a, b] = w.g.node('Split', [made], { axis: 1, num_outputs: 2 }, 2);
  const joined = w.g.op('Concat', [a!, w.conv(b!, 6)], { axis: 1 });
  w.g.output(w.conv(joined, 2), 'y');
  const { groups } = dependencyGroups(new Model(w.g.graph, 18));
  expect(groups.map(({ channels, obstacle }) => [channels, obstacle !== undefined])).toEqual([
    [8, true],
    [6, false],
    [2, true],
  ]);
});
