import { describe, expect, test } from 'vitest';
import { diffModels } from '../../../src/diff/index.ts';
import { Graph, type Model, Tensor } from '../../../src/ir/index.ts';
import { optimizeGraph } from '../../../src/passes/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { random } from '../../../src/random.ts';
import { Report, type Row } from '../../../src/report.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';

const build = (name: string): Model => architecture(name, { sample: [1, 8, 8], classes: 4 });
const named = (name: string, model: Model) => ({ name, model });
const total = (report: Report, what: string): Row => report.rows.find((row) => row.what === what)!;
const table = (report: Report, title: RegExp): Report =>
  report.charts.find((chart): chart is Report => chart instanceof Report && title.test(chart.title))!;

test('a model does not differ from itself, nor from one that holds its constants in nodes', () => {
  const model = build('lenet');
  for (const other of [model, withConstantNodes(model)]) {
    const report = diffModels(named('a', model), named('b', other));
    expect(report.title).toBe('a → b: the same nodes and weights');
    expect(total(report, 'parameters').change).toBe(0);
    expect(report.charts).toEqual([]);
  }
});

test('weights that changed, with the norm of the difference', () => {
  const model = build('mlp');
  const changed = model.clone();
  const weight = changed.graph.initializers.get('dense1.weight')!;
  const values = (weight.tensor!.data as Float32Array).map((value, i) => (i % 4 === 0 ? 0 : value));
  weight.tensor = Tensor.of('float32', values, weight.tensor!.shape);
  const report = diffModels(named('a', model), named('b', changed));
  expect(report.charts.length).toBe(1);
  const { rows } = table(report, /^Weights that changed: 1$/);
  const before = model.graph.initializers.get('dense1.weight')!.tensor!.data as Float32Array;
  const norm = (list: Iterable<number>) => Math.hypot(...list);
  const kept = before.filter((_, i) => i % 4 === 0);
  expect(rows[0]).toMatchObject({ name: 'dense1.weight', zeroed: 0.25 });
  expect(rows[0]!.relative).toBeCloseTo(norm(kept) / norm(before), 6);
});

test('what fusing did: nodes gone, biases new, fewer bytes', async () => {
  const model = build('mobile');
  const { model: fused } = await optimizeGraph(model);
  const report = diffModels(named('mobile', model), named('fused', fused));
  expect(total(report, 'nodes')).toMatchObject({
    before: model.graph.nodes.length,
    after: fused.graph.nodes.length,
  });
  const nodes = table(report, /^Nodes: /);
  const removed = nodes.rows.filter(({ change }) => change === 'removed');
  expect(new Set(removed.map(({ operator }) => operator))).toEqual(new Set(['BatchNormalization']));
  expect(nodes.rows.find(({ what }) => what === 'input 2 none → float32[16]')).toMatchObject({
    operator: 'Conv',
  });
});

test('what quantization did: integers are compared as the numbers that they stand for', async () => {
  const model = build('mlp');
  const { uniform } = random(3);
  async function* feeds() {
    const data = Float32Array.from({ length: 4 * 64 }, () => uniform());
    yield { [model.graph.feeds[0]!.name]: Tensor.of('float32', data, [4, 1, 8, 8]) };
  }
  const { model: quantized } = await quantizeStatic(model, feeds());
  const report = diffModels(named('mlp', model), named('int8', quantized));
  expect(total(report, 'bytes of constants').percent).toBeLessThan(-50);
  const weight = table(report, /^Weights/).rows.find(({ name }) => name === 'dense1.weight')!;
  expect(weight.after).toMatch(/^int8 /);
  expect(weight.relative).toBeGreaterThan(0);
  expect(weight.relative).toBeLessThan(0.02);
});

describe('nodes', () => {
  test('that are renamed are still the same ones; changes are said', () => {
    const model = build('lenet');
    const other = model.clone();
    for (const node of other.graph.nodes) node.name = `${node.name}_new`;
    other.graph.nodes.forEach((node, i) => {
      if (node.output() !== other.graph.outputs[0]) node.output().name = `value_${i}`;
    });
    other.graph.nodes[0]!.attributes.set('pads', { type: 'ints', value: [2, 2, 2, 2] });
    const { rows, title } = table(diffModels(named('a', model), named('b', other)), /^Nodes/);
    expect(title).toMatch(/^Nodes: 0 removed, 0 added, /);
    expect(rows[0]!.what).toContain('pads [1, 1, 1, 1] → [2, 2, 2, 2]');
  });

  test('an empty graph has lost all', () => {
    const model = build('mlp');
    const empty = model.clone();
    empty.graph = new Graph('empty');
    const report = diffModels(named('a', model), named('b', empty));
    expect(table(report, /^Nodes/).title).toBe(
      `Nodes: ${model.graph.nodes.length} removed, 0 added, 0 changed`,
    );
  });
});
