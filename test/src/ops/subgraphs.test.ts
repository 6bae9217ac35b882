import { describe, expect, test } from 'vitest';
import { backward } from '../../../src/autodiff/index.ts';
import { formatShape, Model, Node, Tensor, Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { annotateTypes, createBuilder, modelCost } from '../../../src/ops/index.ts';
import { type Feeds, InferenceSession } from '../../../src/runtime/index.ts';

async function run(model: Model, feeds: Feeds): Promise<string[]> {
  const session = await InferenceSession.create(writeModel(model));
  const results = await session.run(feeds);
  await session.release();
  return model.graph.outputs.map(({ name }) => `${name}: float32${formatShape(results[name]!.shape)}`);
}

/** One branch gives x times x, the other x and `more` rows; both take x from outside. */
function conditional(more: number): { model: Model; x: Value; y: Value } {
  const g = createBuilder();
  const condition = g.input('condition', 'bool', []);
  const x = g.input('x', 'float32', [2, 3]);
  const yes = createBuilder({ prefix: 'yes/' });
  yes.output(yes.op('Mul', [x, x]), 'yes_out');
  const no = createBuilder({ prefix: 'no/' });
  const rows = no.constant('float32', new Float32Array(more * 3), [more, 3]);
  no.output(no.op('Concat', [x, rows], { axis: 0 }), 'no_out');
  const y = g.op('If', [condition], { then_branch: yes.graph, else_branch: no.graph });
  g.output(y, 'y');
  return { model: new Model(g.graph), x, y };
}

const x = Tensor.of('float32', [1, 2, 3, 4, 5, 6], [2, 3]);
const flag = (value: number): Tensor => Tensor.of('bool', [value], []);

describe('If', () => {
  test('has the types that both branches share', async () => {
    const { model } = conditional(1);
    expect(String(model.graph.outputs[0])).toBe('y: float32[?, 3]');
    expect(await run(model, { condition: flag(1), x })).toEqual(['y: float32[2, 3]']);
    expect(await run(model, { condition: flag(0), x })).toEqual(['y: float32[3, 3]']);
    expect(String(conditional(0).model.graph.outputs[0])).toBe('y: float32[2, 3]');
  });

  test('has no gradient, although what it uses is none of its inputs', () => {
    const g = createBuilder();
    const condition = g.input('condition', 'bool', []);
    const value = g.input('x', 'float32', [2]);
    const branch = (prefix: string) => {
      const b = createBuilder({ prefix });
      b.output(b.op('Mul', [value, value]), `${prefix}out`);
      return b.graph;
    };
    const y = g.op('If', [condition], { then_branch: branch('a/'), else_branch: branch('b/') });
    const loss = g.op('ReduceSum', [y], { keepdims: 0 });
    expect(() => backward(g, loss, [value])).toThrow(/If 'If_\d+' has no gradient/);
  });

  test('is refused without branches, or with branches of two types', () => {
    const g = createBuilder();
    expect(() => g.op('If', [g.constant('bool', [1], [])])).toThrow(/must have a then_branch/);
    const branch = (dtype: 'float32' | 'int64') => {
      const b = createBuilder({ prefix: dtype });
      b.output(b.op('Identity', [b.constant(dtype, [1])]), `${dtype}_out`);
      return b.graph;
    };
    const attributes = { then_branch: branch('float32'), else_branch: branch('int64') };
    expect(() => g.op('If', [g.constant('bool', [1], [])], attributes)).toThrow(
      /one type, give float32 and int64/,
    );
  });
});

/** Carries a sum of the rows that it scans, and gives each of the sums, stacked along `axis`. */
function scanModel(axis: number): Model {
  const body = createBuilder({ prefix: 'body/' });
  const sum = body.input('sum', 'float32', [3]);
  const row = body.input('row', 'float32', [3]);
  const next = body.op('Add', [sum, row]);
  body.output(next, 'next');
  body.output(body.op('Identity', [next]), 'partial');
  const g = createBuilder();
  const inputs = [g.input('start', 'float32', [3]), g.input('x', 'float32', [2, 3])];
  const attributes = { body: body.graph, num_scan_inputs: 1, scan_output_axes: [axis] };
  const [last, all] = g.node('Scan', inputs, attributes, 2);
  g.output(last!, 'last');
  g.output(all!, 'all');
  return new Model(g.graph);
}

describe('Scan', () => {
  test.each([0, 1, -1])('gives the last state and the slices along axis %i', async (axis) => {
    const model = scanModel(axis);
    const start = Tensor.of('float32', [0, 0, 0]);
    expect(model.graph.outputs.map(String)).toEqual(await run(model, { start, x }));
  });

  test('types its body and runs it once a slice', () => {
    const { graph } = scanModel(0);
    const body = graph.nodes.find((node) => node.opType === 'Scan')!.graph('body')!;
    for (const input of body.inputs) input.type = undefined;
    expect(annotateTypes(graph)).toEqual([]);
    expect(body.inputs.map(String)).toEqual(['sum: float32[3]', 'row: float32[3]']);
    const add = modelCost(scanModel(0)).layers.find((layer) => layer.op === 'Add')!;
    expect(add.calls).toBe(2);
  });

  test('is refused without a body that fits', () => {
    const node = (body: boolean) =>
      new Node({
        opType: 'Scan',
        name: 'scan',
        inputs: [new Value('x')],
        outputs: [new Value('y')],
        attributes: new Map([
          ['num_scan_inputs', { type: 'int', value: 1 }],
          ...(body ? [['body', { type: 'graph', value: createBuilder().graph }] as const] : []),
        ]),
      });
    const graph = createBuilder().graph;
    graph.insert(node(false));
    expect(() => annotateTypes(graph)).toThrow(/must have a body/);
    const other = createBuilder().graph;
    other.insert(node(true));
    expect(() => annotateTypes(other)).toThrow(/body must take the 1 values/);
  });
});
