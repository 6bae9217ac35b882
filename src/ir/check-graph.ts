import type { Graph } from './graph.ts';
import type { LocalFunction } from './model.ts';
import type { Node } from './node.ts';
import { dimsAgree } from './shape.ts';
import { allGraphs } from './traverse.ts';
import type { Value } from './value.ts';

export type Report = (problem: string) => void;

/** What the walk through a graph knows at one place. */
interface Place {
  /** Values by name that can be used here. */
  readonly scope: Map<string, Value>;
  readonly graph: Graph;
  readonly nodes: ReadonlySet<Node>;
  readonly local: LocalFunction | undefined;
  readonly report: Report;
}

/** Checks one graph with all graphs nested in it. `local` is the function of which it is the body. */
export function checkGraph(graph: Graph, report: Report, local?: LocalFunction): void {
  const nodes = new Set<Node>();
  for (const one of allGraphs(graph))
    for (const node of one.nodes) {
      if (nodes.has(node)) report(`${node.label} stands twice in graph '${graph.name}' or its subgraphs`);
      nodes.add(node);
    }
  walk({ scope: new Map(), graph, nodes, local, report });
}

function walk(place: Place): void {
  const { graph } = place;
  for (const input of graph.inputs) define(input, place, `input '${input.name}'`);
  for (const [name, value] of graph.initializers) checkInitializer(name, value, place);
  for (const value of new Set([...graph.inputs, ...graph.initializers.values()])) checkUses(value, place);
  for (const node of graph.nodes) checkNode(node, place);
  const own = graph.values();
  for (const output of graph.outputs) checkOutput(output, own, place);
}

function define(value: Value, { scope, graph, report }: Place, what: string): void {
  if (!value.name) report(`${what} of graph '${graph.name}' must have a name`);
  if (scope.has(value.name))
    report(`${what} of graph '${graph.name}' must have a name of its own, '${value.name}' is taken`);
  scope.set(value.name, value);
}

function checkInitializer(name: string, value: Value, place: Place): void {
  const { scope, graph, report } = place;
  if (name !== value.name)
    report(`initializer '${value.name}' of graph '${graph.name}' is listed as '${name}'`);
  if (scope.get(value.name) !== value) define(value, place, `initializer '${value.name}'`);
  if (value.producer)
    report(`initializer '${value.name}' must have no producer, has ${value.producer.label}`);
  if (!value.tensor && value.foreign === undefined) report(`initializer '${value.name}' has no tensor`);
  if (!tensorAgrees(value))
    report(`initializer '${value.name}' has type ${value}, its tensor ${tensorText(value)}`);
}

function tensorAgrees({ tensor, type }: Value): boolean {
  if (!tensor || !type) return true;
  const { dtype, shape } = type;
  if (dtype && dtype !== tensor.dtype) return false;
  return (
    !shape || (shape.length === tensor.shape.length && shape.every((d, i) => dimsAgree(d, tensor.shape[i]!)))
  );
}

const tensorText = ({ tensor }: Value): string => `${tensor?.dtype}[${tensor?.shape.join(', ')}]`;

function checkNode(node: Node, place: Place): void {
  const { report } = place;
  node.inputs.forEach((input, index) => {
    if (!input) return;
    checkDefined(input, place, node.label);
    if (!input.uses.some((use) => use.node === node && use.index === index))
      report(`${node.label} uses '${input.name}' as input ${index}, which '${input.name}' does not know`);
  });
  for (const [name, attribute] of node.attributes)
    if (attribute.type === 'reference' && !place.local?.attributes.has(attribute.value))
      report(
        `${node.label} attribute '${name}' refers to '${attribute.value}', which no function around it has`,
      );
  for (const graph of node.subgraphs()) walk({ ...place, graph, scope: new Map(place.scope) });
  for (const output of node.outputs) checkMade(output, node, place);
}

function checkDefined(value: Value, { scope, report, graph }: Place, user: string): void {
  const known = scope.get(value.name);
  if (known === value) return;
  if (known) report(`${user} uses another value '${value.name}' than the one that graph '${graph.name}' has`);
  else
    report(`${user} uses '${value.name}', which is not defined, or not before it, in graph '${graph.name}'`);
}

function checkMade(output: Value, node: Node, place: Place): void {
  if (output.producer !== node)
    place.report(
      `${node.label} makes '${output.name}', whose producer is ${output.producer?.label ?? 'none'}`,
    );
  if (output.tensor)
    place.report(`${node.label} makes '${output.name}', which must not hold a tensor, but does`);
  if (output.name) define(output, place, `output '${output.name}' of ${node.label}`);
  checkUses(output, place);
}

/** Every use is one: its node is in the graph and has the value as that input. */
function checkUses(value: Value, { nodes, report }: Place): void {
  const seen = new Map<Node, Set<number>>();
  for (const { node, index } of value.uses) {
    const indices = seen.get(node) ?? new Set();
    if (indices.has(index)) report(`'${value.name}' lists input ${index} of ${node.label} twice`);
    seen.set(node, indices.add(index));
    if (!nodes.has(node)) report(`'${value.name}' is used by ${node.label}, which is not in the graph`);
    else if (node.inputs[index] !== value)
      report(
        `'${value.name}' lists input ${index} of ${node.label}, which is '${node.inputs[index]?.name ?? ''}'`,
      );
  }
}

function checkOutput(output: Value, own: ReadonlySet<Value>, { scope, graph, report }: Place): void {
  if (scope.get(output.name) !== output)
    report(`graph '${graph.name}' has output '${output.name}', which it does not make`);
  else if (!own.has(output))
    report(`graph '${graph.name}' has output '${output.name}' of a graph around it; put an Identity between`);
}
