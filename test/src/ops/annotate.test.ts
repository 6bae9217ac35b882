import { expect, test } from 'vitest';
import { Graph, Node, Value } from '../../../src/ir/index.ts';
import { annotateTypes, createBuilder } from '../../../src/ops/index.ts';

function chain(...opTypes: string[]): { graph: Graph; values: Value[] } {
  const graph = new Graph();
  const values = [new Value('x', { dtype: 'float32', shape: ['N', 4] })];
  graph.inputs.push(values[0]!);
  for (const opType of opTypes) {
    const output = new Value(`y${values.length}`);
    graph.insert(
      new Node({ opType, name: `n${values.length}`, inputs: [values.at(-1)!], outputs: [output] }),
    );
    values.push(output);
  }
  return { graph, values };
}

test('types flow from the inputs to all values', () => {
  const { graph, values } = chain('Relu', 'Shape');
  expect(annotateTypes(graph)).toEqual([]);
  expect(values.map(String)).toEqual(['x: float32[N, 4]', 'y1: float32[N, 4]', 'y2: int64[2]']);
});

test('behind an unknown operator, declared types go on', () => {
  const { graph, values } = chain('Odd', 'Relu');
  values[1]!.type = { dtype: 'float32', shape: ['N', 7] };
  expect(annotateTypes(graph).map((node) => node.name)).toEqual(['n1']);
  expect(String(values[2])).toBe('y2: float32[N, 7]');
});

test('what is declared fills gaps, and yields to what is inferred', () => {
  const gap = chain('Squeeze');
  gap.values[1]!.type = { dtype: 'float32', shape: ['N', 4] };
  annotateTypes(gap.graph);
  expect(String(gap.values[1])).toBe('y1: float32[N, 4]');
  const stale = chain('Relu');
  stale.values[1]!.type = { dtype: 'float32', shape: [1, 5] };
  annotateTypes(stale.graph);
  expect(String(stale.values[1])).toBe('y1: float32[1, 4]');
});

/** A loop whose body, untyped as in many files, carries `state` through `op` and scans it. */
function loopOf(op: string): Graph {
  const body = new Graph('body');
  const [i, more, state] = ['i', 'more', 'state'].map((name) => new Value(name));
  const [moreOut, stateOut, scan] = ['more_out', 'state_out', 'scan'].map((name) => new Value(name));
  body.inputs.push(i!, more!, state!);
  body.insert(new Node({ opType: 'Identity', inputs: [more], outputs: [moreOut!] }));
  body.insert(new Node({ opType: op, inputs: [state], outputs: [stateOut!] }));
  body.insert(new Node({ opType: 'Identity', inputs: [state], outputs: [scan!] }));
  body.outputs.push(moreOut!, stateOut!, scan!);
  const graph = new Graph();
  const x = new Value('x', { dtype: 'float32', shape: [2, 3] });
  graph.inputs.push(x, new Value('trips', { dtype: 'int64', shape: [] }));
  const outputs = [new Value('y'), new Value('ys')];
  const attributes = new Map([['body', { type: 'graph', value: body } as const]]);
  graph.insert(new Node({ opType: 'Loop', inputs: [graph.inputs[1], undefined, x], outputs, attributes }));
  return graph;
}

test('a loop types its body, but not the shape of what it carries', () => {
  const graph = loopOf('Relu');
  expect(annotateTypes(graph)).toEqual([]);
  expect(graph.nodes[0]!.outputs.map(String)).toEqual(['y: float32[...]', 'ys: float32[...]']);
  const body = graph.nodes[0]!.graph('body')!;
  expect(body.inputs.map(String)).toEqual(['i: int64[]', 'more: bool[]', 'state: float32[...]']);
});

test('declared loop shapes hold where the first value and the body agree', () => {
  const graph = loopOf('Relu');
  graph.nodes[0]!.graph('body')!.inputs[2]!.type = { dtype: 'float32', shape: ['K', 3] };
  annotateTypes(graph);
  expect(graph.nodes[0]!.outputs.map(String)).toEqual(['y: float32[?, 3]', 'ys: float32[?, K, 3]']);
});

test('a loop whose body does not fit is refused', () => {
  const g = createBuilder();
  expect(() => g.op('Loop', [undefined, undefined], {})).toThrow(/must have a body/);
  expect(() => g.op('Loop', [undefined, undefined], { body: new Graph() })).toThrow(/body must take/);
});
