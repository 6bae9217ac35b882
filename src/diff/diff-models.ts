import { allNodes, type Model, type Node } from '../ir/index.ts';
import { annotateTypes, costWarnings, modelCost } from '../ops/index.ts';
import { constantsToInitializers } from '../passes/index.ts';
import { Report, type Row } from '../report.ts';
import { type MatchedNodes, matchNodes } from './match-nodes.ts';
import { nodeChanges, operatorOf } from './node-changes.ts';
import { type WeightChange, weightChanges } from './weight-changes.ts';

/** A model with a name, as a variant of the ledger is. */
export interface NamedModel {
  readonly name: string;
  readonly model: Model;
  /** Size of its file, if it has one. */
  readonly bytes?: number;
}

/**
 * What changed from one model to another: sums (nodes, parameters, multiply-accumulates, bytes), then nodes that were added,
 * removed or changed, then weights with the relative norm of their difference. Nodes of subgraphs are only counted.
 * Throws ModelError where the types of a model contradict an operator.
 */
export function diffModels(before: NamedModel, after: NamedModel): Report {
  const [old, now] = [typed(before.model), typed(after.model)];
  const matched = matchNodes(old.graph, now.graph);
  const nodes = nodeRows(matched);
  const weights = weightChanges(matched.pairs, old, now);
  const totals = totalRows(before, after);
  const charts = [
    ...(nodes.length > 0 ? [nodeTable(nodes)] : []),
    ...(weights.length > 0 ? [weightTable(weights)] : []),
  ];
  const same = charts.length === 0 ? ': the same nodes and weights' : '';
  return new Report({
    title: `${before.name} → ${after.name}${same}`,
    columns: [
      { key: 'what', header: '' },
      { key: 'before', header: before.name },
      { key: 'after', header: after.name },
      { key: 'change', header: 'change', signed: true },
      { key: 'percent', header: 'change', unit: '%', signed: true, decimals: 1 },
    ],
    rows: totals,
    charts,
    warnings: [...new Set([before, after].flatMap(({ model }) => costWarnings(modelCost(model))))],
  });
}

/** A copy with inferred types; Constant nodes are the constants that they hold. */
function typed(model: Model): Model {
  const copy = constantsToInitializers(model);
  annotateTypes(copy.graph);
  return copy;
}

function totalRows(before: NamedModel, after: NamedModel): Row[] {
  const [a, b] = [totalsOf(before), totalsOf(after)];
  return Object.keys(a).flatMap((what) => {
    const [old, now] = [a[what], b[what]];
    if (old === undefined || now === undefined) return [];
    const percent = old === 0 ? undefined : (100 * (now - old)) / old;
    return [{ what, before: old, after: now, change: now - old, percent }];
  });
}

function totalsOf({ model, bytes }: NamedModel): Record<string, number | undefined> {
  const { parameters, macs, bytes: moved } = modelCost(model);
  const constants = [...model.graph.initializers.values()].reduce(
    (sum, { tensor }) => sum + (tensor?.bytes.length ?? 0),
    0,
  );
  return {
    nodes: [...allNodes(model.graph)].length,
    parameters,
    'MACs of one run': macs,
    'bytes read and written': moved,
    'bytes of constants': constants,
    'bytes of the file': bytes,
  };
}

function nodeRows({ pairs, removed, added }: MatchedNodes): Row[] {
  const changed = pairs.flatMap((pair) => {
    const changes = nodeChanges(pair);
    const { name, outputs } = pair.after;
    const row = { change: 'changed', node: name || outputs[0]?.name, operator: operatorOf(pair.after) };
    return changes.length > 0 ? [{ ...row, what: changes.join('; ') }] : [];
  });
  const listed = (change: string, nodes: readonly Node[]): Row[] =>
    nodes.map((node) => ({
      change,
      node: node.name || node.outputs[0]?.name,
      operator: operatorOf(node),
      what: '',
    }));
  return [...listed('removed', removed), ...listed('added', added), ...changed];
}

/** Rows at most: the rest is counted. */
const longest = 60;

function nodeTable(rows: readonly Row[]): Report {
  const count = (change: string): number => rows.filter((row) => row.change === change).length;
  return new Report({
    title: `Nodes: ${count('removed')} removed, ${count('added')} added, ${count('changed')} changed`,
    columns: [
      { key: 'change', header: 'change' },
      { key: 'node', header: 'node' },
      { key: 'operator', header: 'operator' },
      ...(rows.some(({ what }) => what) ? [{ key: 'what', header: 'what', wrap: 60 }] : []),
    ],
    rows: rows.slice(0, longest),
    warnings: rows.length > longest ? [`${rows.length - longest} more nodes are not listed`] : [],
  });
}

function weightTable(changes: readonly WeightChange[]): Report {
  const sorted = changes.toSorted((a, b) => (b.relative ?? Infinity) - (a.relative ?? Infinity));
  return new Report({
    title: `Weights that changed: ${changes.length}`,
    columns: [
      { key: 'name', header: 'weight' },
      { key: 'before', header: 'before' },
      { key: 'after', header: 'after' },
      { key: 'relative', header: '‖after − before‖ / ‖before‖', significant: 3 },
      { key: 'zeroed', header: 'newly zero', unit: '%', scale: 100, decimals: 1 },
    ],
    rows: sorted.slice(0, longest).map((change) => ({ ...change })),
    warnings: sorted.length > longest ? [`${sorted.length - longest} more weights are not listed`] : [],
  });
}
