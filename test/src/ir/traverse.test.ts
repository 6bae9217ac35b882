import { describe, expect, it } from 'vitest';
import {
  allGraphs,
  allNodes,
  allValues,
  Graph,
  Node,
  nodesBetween,
  outerValues,
  sortNodes,
  topologicalOrder,
  usedValues,
  Value,
} from '../../../src/ir/index.ts';
import { readModel } from '../../../src/onnx/index.ts';
import { nested, toBytes } from '../onnx/sample-models.ts';

const names = (list: Iterable<{ name: string }>) => Array.from(list, (one) => one.name);

/** Nodes `name: input input`, each with one output of its name; 'x' is the graph's input. */
function graphOf(...lines: string[]): Graph {
  const values = new Map([['x', new Value('x')]]);
  const get = (name: string) => values.get(name) ?? values.set(name, new Value(name)).get(name)!;
  const graph = new Graph();
  graph.inputs.push(get('x'));
  for (const line of lines) {
    const [name = '', ...inputs] = line.split(/:? /);
    graph.insert(new Node({ opType: 'Op', name, inputs: inputs.map(get), outputs: [get(name)] }));
  }
  return graph;
}

describe('walks through nested graphs', () => {
  const { graph } = readModel(toBytes(nested()));

  it('meet every node, graph and value', () => {
    expect(Array.from(allNodes(graph), (node) => node.opType)).toEqual([
      'Relu',
      'If',
      'If',
      'Add',
      'If',
      'Add',
    ]);
    expect(names(allGraphs(graph))).toEqual(['main', 'a', 'a_in', 'b', 'b_in']);
    expect(names(allValues(graph))).toEqual([
      'x',
      'c',
      'w',
      'h',
      'y',
      'a_k',
      'a_y',
      'deep',
      'b_k',
      'b_y',
      'deep',
    ]);
  });

  it('tell what a subgraph takes from outside', () => {
    const [branch] = graph.nodes[1]!.subgraphs();
    expect(names(outerValues(branch!))).toEqual(['c', 'h', 'w']);
    expect(names(usedValues(graph.nodes[1]!))).toEqual(['c', 'h', 'w']);
    expect(outerValues(graph).size).toBe(0);
  });
});

describe('topologicalOrder', () => {
  it('keeps the order of a sorted graph', () => {
    const graph = graphOf('a: x', 'b: x', 'c: b a', 'd: c c');
    expect(names(topologicalOrder(graph))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('puts every node after those it depends on', () => {
    const graph = graphOf('d: c b', 'c: a', 'b: a', 'a: x');
    sortNodes(graph);
    expect(names(graph.nodes)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('counts what subgraphs use', () => {
    const { graph } = readModel(toBytes(nested()));
    graph.nodes.reverse();
    sortNodes(graph);
    expect(graph.nodes.map((node) => node.opType)).toEqual(['Relu', 'If']);
  });

  it('refuses a cycle and names a node in it', () => {
    expect(() => topologicalOrder(graphOf('a: x', 'b: a c', 'c: b'))).toThrow(
      "Op 'b' must not depend on itself",
    );
  });
});

describe('nodesBetween', () => {
  it('finds what lies on a path', () => {
    const graph = graphOf('a: x', 'b: a', 'c: a', 'd: b', 'e: c', 'side: x', 'end: d side');
    const between = nodesBetween(graph, [graph.value('a')!], [graph.value('end')!]);
    expect(names(between)).toEqual(['b', 'd', 'end']);
    expect(nodesBetween(graph, [graph.value('side')!], [graph.value('e')!])).toEqual([]);
  });
});
