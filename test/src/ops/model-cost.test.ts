import { expect, test } from 'vitest';
import { Graph, Model, Node, Tensor, Value } from '../../../src/ir/index.ts';
import { costWarnings, createBuilder, modelCost } from '../../../src/ops/index.ts';
import { modelSummary } from '../../../src/summary/index.ts';

const zeros = (...shape: number[]): Tensor =>
  Tensor.of('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

function smallNet(): Model {
  const g = createBuilder();
  const x = g.input('x', 'float32', ['N', 1, 8, 8]);
  const weight = g.initializer('w', zeros(4, 1, 3, 3));
  const conv = g.op('Conv', [x, weight, g.initializer('b', zeros(4))], { pads: [1, 1, 1, 1] });
  const relu = g.op('Clip', [conv, g.scalar(0), g.scalar(6)]);
  const flat = g.op('Reshape', [relu, g.int64s([0, -1])]);
  g.output(g.op('Gemm', [flat, g.initializer('w2', zeros(256, 10))]), 'y');
  return new Model(g.graph);
}

test('sums layers, counts learned parameters once and no bounds or shapes', () => {
  const cost = modelCost(smallNet());
  expect(cost.layers.map((layer) => [layer.op, layer.macs, layer.parameters])).toEqual([
    ['Conv', 64 * 4 * 9, 40],
    ['Clip', 0, 0],
    ['Reshape', 0, 0],
    ['Gemm', 2560, 2560],
  ]);
  expect(cost.macs).toBe(64 * 36 + 2560);
  expect(cost.parameters).toBe(2600);
  expect(cost.bytes).toBe(cost.layers.reduce((sum, layer) => sum + layer.bytes, 0));
  expect(cost.unknown).toEqual([]);
});

test('a summary is for one sample, of a fixed batch too', () => {
  const open = modelSummary(smallNet());
  const fixed = smallNet();
  for (const value of fixed.graph.values())
    if (value.shape?.[0] === 'N') value.type = { dtype: 'float32', shape: [8, ...value.shape.slice(1)] };
  expect(modelCost(fixed).batch).toBe(8);
  expect(modelCost(fixed).macs).toBe(8 * modelCost(smallNet()).macs);
  expect(modelSummary(fixed).rows.map((row) => row.macs)).toEqual(open.rows.map((row) => row.macs));
  expect(modelSummary(fixed).title).toBe(open.title);
});

test('a weight that two layers share is counted once', () => {
  const g = createBuilder();
  const w = g.initializer('w', zeros(4, 4));
  g.output(g.op('MatMul', [g.op('MatMul', [g.input('x', 'float32', [1, 4]), w]), w]), 'y');
  expect(modelCost(new Model(g.graph)).parameters).toBe(16);
});

test('a quantized weight is as many parameters as the float one; scales are none', () => {
  const g = createBuilder();
  const w8 = g.initializer('w', Tensor.of('int8', new Int8Array(12), [3, 4]));
  const w = g.op('DequantizeLinear', [w8, g.constant('float32', [1, 1, 1, 1])], { axis: 1 });
  g.output(g.op('MatMul', [g.input('x', 'float32', [1, 3]), w]), 'y');
  expect(modelCost(new Model(g.graph)).parameters).toBe(12);
});

test('a loop body counts once a trip', () => {
  const body = createBuilder({ prefix: 'body/' });
  body.input('i', 'int64', []);
  const more = body.input('more', 'bool', []);
  const state = body.input('state', 'float32', [2, 2]);
  body.output(body.op('Identity', [more]), 'more_out');
  body.output(body.op('MatMul', [state, state]), 'state_out');
  const g = createBuilder();
  const trips = g.constant('int64', [5], []);
  g.output(g.op('Loop', [trips, undefined, g.input('x', 'float32', [2, 2])], { body: body.graph }), 'y');
  const cost = modelCost(new Model(g.graph));
  expect(cost.macs).toBe(5 * 8);
  expect(cost.layers.find((layer) => layer.op === 'MatMul')?.calls).toBe(5);
});

test('an operator that is not known is told, not counted', () => {
  const model = smallNet();
  const { graph } = model;
  const odd = new Node({ opType: 'Odd', inputs: [graph.outputs[0]], outputs: [new Value('odd')] });
  graph.insert(odd);
  expect(modelCost(model).unknown).toEqual([odd]);
  expect(modelCost(model).macs).toBe(modelCost(smallNet()).macs);
});

test('what stands behind an unknown operator without types is told, not counted', () => {
  const model = behindUnknown();
  const cost = modelCost(model);
  expect(cost.unknown.map((node) => node.opType)).toEqual(['Odd', 'Relu', 'MatMul']);
  expect(cost.macs).toBe(12);
  expect(costWarnings(cost)[0]).toMatch(/leave out 3 nodes .*\(Odd, Relu, MatMul\)/);
  expect(modelSummary(model).warnings).toEqual(costWarnings(cost));
  expect(costWarnings(modelCost(smallNet()))).toEqual([]);
});

/** MatMul, then an operator that the table does not know, then Relu and MatMul, without types in between. */
function behindUnknown(): Model {
  const g = createBuilder();
  const h = g.op('MatMul', [g.input('x', 'float32', ['N', 3]), g.initializer('w', zeros(3, 4))]);
  const odd = new Node({ opType: 'Odd', inputs: [h], outputs: [new Value('odd')] });
  g.graph.insert(odd);
  const relu = new Node({ opType: 'Relu', inputs: odd.outputs, outputs: [new Value('relu')] });
  g.graph.insert(relu);
  const inputs = [relu.output(), g.initializer('v', zeros(4, 2))];
  g.graph.insert(new Node({ opType: 'MatMul', inputs, outputs: [new Value('y')] }));
  return new Model(g.graph);
}

test('an empty model costs nothing', () => {
  expect(modelCost(new Model(new Graph()))).toEqual({
    batch: 1,
    open: [],
    macs: 0,
    parameters: 0,
    bytes: 0,
    layers: [],
    unknown: [],
  });
});

test('types are inferred where they are missing, on a copy', () => {
  const model = smallNet();
  const bare = model.clone();
  for (const node of bare.graph.nodes) for (const output of node.outputs) output.type = undefined;
  expect(modelCost(bare).macs).toBe(modelCost(model).macs);
  expect(bare.graph.nodes[0]!.output().type).toBeUndefined();
});

test('sizes that are open are said to count as 1; a single number is no parameter, but for a bias of one channel', () => {
  const g = createBuilder();
  const x = g.input('x', 'float32', ['N', 3, 'height', null]);
  const weight = g.initializer('w', Tensor.of('float32', new Float32Array(3), [1, 3, 1, 1]));
  const one = g.initializer('one', Tensor.of('float32', [1], [1, 1, 1, 1]));
  const half = g.initializer('half', Tensor.of('float32', [0.5], []));
  const biased = g.op('Add', [g.op('Conv', [x, weight]), one]);
  g.output(g.op('Mul', [biased, half]), 'y');
  const cost = modelCost(new Model(g.graph));
  expect(cost.parameters).toBe(4);
  expect(costWarnings(cost)).toEqual([expect.stringContaining("(x[2] 'height', x[3])")]);
});
