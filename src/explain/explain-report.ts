import { GraphView } from '../graph-view/index.ts';
import type { Model } from '../ir/index.ts';
import { type Displayable, displaySymbol, Report } from '../report.ts';
import type { Target } from '../targets/index.ts';
import { explainTables } from './explain-tables.ts';
import { isPair, type NodeFate, type State } from './node-fate.ts';

interface ExplainFacts {
  readonly model: Model;
  readonly target: Target;
  /** A float model is told about as if it were quantized. */
  readonly kind: 'float' | 'quantized';
  readonly nodes: readonly NodeFate[];
  readonly differing?: readonly string[] | undefined;
  readonly warnings?: readonly string[];
}

/** Header colours with a contrast of at least 4.5 to white. */
const colors: Readonly<Record<State, string>> = { int8: '#1f6b3a', float: '#b3440e', folded: '#6b6b6b' };

/**
 * Which nodes of a model are int8 on a target, which float and why, as a table and a coloured graph. `nodes` has them all,
 * also where rows of the table sum up.
 */
export class ExplainReport extends Report {
  readonly target: Target;
  readonly nodes: readonly NodeFate[];
  /**
   * Nodes with which onnxruntime on this machine does something else than its rules say: an error in Edgebook.
   * Undefined if onnxruntime was not asked.
   */
  readonly differing: readonly string[] | undefined;

  constructor({ model, target, kind, nodes, differing, warnings = [] }: ExplainFacts) {
    const { shown, all } = explainTables(nodes);
    super({
      title: titleOf(nodes, target, kind),
      columns: shown.columns,
      rows: shown.rows,
      charts: [coloured(model, nodes), ...(all ? [onPagesOnly(all)] : [])],
      warnings: [
        ...warnings,
        ...(differing ?? []).map(
          (node) => `'${node}': onnxruntime decides otherwise than its rules; please report it`,
        ),
      ],
    });
    this.target = target;
    this.nodes = nodes;
    this.differing = differing;
  }

  count(state: State): number {
    return this.nodes.filter((node) => node.state === state).length;
  }
}

/** Hundreds of lines would drown what they explain in a terminal; a page scrolls them. */
const onPagesOnly = (table: Report): Displayable => ({
  [displaySymbol]: async () => {
    const { 'text/html': html } = await table[displaySymbol]();
    return { 'text/html': html };
  },
});

function titleOf(nodes: readonly NodeFate[], target: Target, kind: ExplainFacts['kind']): string {
  const count = (state: State) => nodes.filter((node) => node.state === state).length;
  const condition = kind === 'float' ? 'Quantized for it: ' : '';
  return `${target.title}: ${condition}${count('int8')} of ${nodes.length} nodes int8, ${count('float')} float, ${count('folded')} folded`;
}

/** Green for int8, orange for float, grey for what is no work of its own. */
function coloured(model: Model, nodes: readonly NodeFate[]): GraphView {
  const states = new Map(nodes.map(({ node, state }) => [node, state]));
  return new GraphView(model, {
    colorOf: (group) => {
      const found = group.flatMap(({ name, outputs, opType }) =>
        isPair(opType) ? [] : [states.get(name || outputs[0]!.name) ?? 'folded'],
      );
      return colors[
        found.find((state) => state === 'float') ?? found.find((state) => state === 'int8') ?? 'folded'
      ];
    },
  });
}
