import { ModelError, UsageError } from '../errors.ts';
import { allGraphs, allNodes, Graph, type Model, type Node } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { Report } from '../report.ts';
import { inputDefaults } from './input-defaults.ts';
import type { Conversion } from './opset/converter.ts';
import { converters, known } from './opset/converters.ts';
import { Rewriting } from './pass.ts';

/** The oldest and the newest operator set that can be read and written. */
const oldest = 6;
const newest = 21;

/** The first IR version that allows an operator set. */
const irVersions: readonly [opset: number, ir: number][] = [
  [21, 10],
  [20, 9],
  [19, 9],
  [15, 8],
  [12, 7],
  [11, 6],
  [10, 5],
];

/**
 * A copy of the model that is written in a newer operator set of the ONNX domain and computes the same: arguments move from
 * attributes to inputs, and what defaults said is written out where they changed. Throws ModelError for an operator
 * that is not of that domain, for one whose meaning the newer set cannot express, and for a model older than
 * operator set 6; UsageError for a target beyond 21 or below the model's own.
 */
export function upgradeOpset(model: Model, target = newest): { model: Model; report: Report } {
  const { opset } = model;
  checkVersions(model, target);
  const rewriting = new Rewriting(model);
  const rows: { operator: string; change: string; nodes: number }[] = [];
  inputDefaults.run(rewriting);
  for (let version = opset + 1; version <= target; version++) {
    rewriting.counts.clear();
    if (version === 7) convertInOrder(version, rewriting);
    // From 7 on, what the table of operators infers is true of old nodes as of new ones.
    else {
      rewriting.annotate();
      convertTo(version, rewriting);
    }
    for (const [operator, nodes] of rewriting.counts)
      rows.push({ operator, change: `operator set ${version}`, nodes });
  }
  setVersion(rewriting.model, target);
  const report = new Report({
    title: `${model.graph.name}: operator set ${opset} → ${target}, ${rows.reduce((sum, row) => sum + row.nodes, 0)} nodes rewritten`,
    columns: [
      { key: 'operator', header: 'operator' },
      { key: 'change', header: 'changed by' },
      { key: 'nodes', header: 'nodes' },
    ],
    rows,
  });
  return { model: rewriting.finish(), report };
}

function checkVersions(model: Model, target: number): void {
  const { opset, functions, graph } = model;
  if (!Number.isInteger(target) || target > newest)
    throw new UsageError(`The operator set must be at most ${newest}, is ${target}`);
  if (target < opset)
    throw new UsageError(`The operator set must be at least the model's own, ${opset}, is ${target}`);
  if (opset < oldest)
    throw new ModelError(
      `The model must be of operator set ${oldest} or newer to be upgraded, is of ${opset}; export it again`,
    );
  if (functions.length > 0)
    throw new ModelError(
      `The model must have no local functions to be upgraded, since these keep their own operator sets; has ${functions.length}`,
    );
  for (const node of allNodes(graph))
    if ((node.domain === '' || node.domain === 'ai.onnx') && !known.has(node.opType))
      throw node.error(
        `is of no operator of the ONNX domain up to operator set ${newest}: it cannot be upgraded`,
      );
}

function convertTo(version: number, rewriting: Rewriting): void {
  for (const graph of [...allGraphs(rewriting.graph)])
    for (const node of [...graph.nodes]) convert(version, { node, graph, rewriting });
}

/**
 * Operators of set 6 broadcast in a way that shape inference does not know: each node is typed once it is converted, so
 * that those behind it are converted by known shapes.
 */
function convertInOrder(version: number, rewriting: Rewriting): void {
  for (const graph of [...allGraphs(rewriting.graph)].reverse()) {
    const done = new Set<Node>();
    for (let i = 0; i < graph.nodes.length; i++) {
      const node = graph.nodes[i]!;
      const { length } = graph.nodes;
      if (!done.has(node)) convert(version, { node, graph, rewriting });
      done.add(node);
      if (graph.nodes.length > length) {
        // What the conversion put before the node comes first.
        i--;
        continue;
      }
      const alone = new Graph();
      alone.insert(node);
      annotateTypes(alone);
    }
  }
}

function convert(version: number, conversion: Conversion): void {
  const table = converters[version] ?? {};
  const { domain, opType } = conversion.node;
  if ((domain !== '' && domain !== 'ai.onnx') || !Object.hasOwn(table, opType)) return;
  table[opType]!(conversion);
  conversion.rewriting.count(opType);
}

function setVersion(model: Model, opset: number): void {
  model.opsets.delete('ai.onnx');
  model.opsets.set('', opset);
  const ir = irVersions.find(([first]) => opset >= first)?.[1] ?? 3;
  model.irVersion = Math.max(model.irVersion, ir);
}
