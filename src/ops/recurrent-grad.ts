import type { GraphBuilder, Node, Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import type { GradContext } from './op.ts';
import { zeros } from './scatter-grad.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** One direction of a recurrent node; T steps of B sequences, I inputs, H hidden, G gates. */
export interface Direction {
  readonly node: Node;
  readonly g: GraphBuilder;
  /** Whether it runs from the last step to the first. */
  readonly reverse: boolean;
  readonly hidden: number;
  /** X W' + its bias [T, B, G*H]. */
  readonly fromInput: Value;
  /** R [G*H, H] and its bias [G*H]. */
  readonly recurrence: Value;
  readonly recurrenceBias: Value;
  /** The states [T, B, H] after each step, and before it. */
  readonly after: Value;
  readonly before: Value;
  /** Gradient of the states after each step, and of the last ones beyond that. */
  readonly dAfter: Value;
  readonly dLast: Value;
  /** The cells before the first step, and the gradient of those after the last one: LSTM only. */
  readonly firstCell: Value;
  readonly dLastCell: Value;
}

/** Gradients that a cell's walk back through time gives. */
export interface CellGradients {
  /** Of X W' + bias [T, B, G*H]. */
  readonly dInput: Value;
  /** Rows of R, in order: the gradient of what they give [T, B, rows], and the states [T, B, H] that they multiply. */
  readonly rows: readonly { readonly d: Value; readonly states: Value }[];
  readonly dFirst: Value;
  readonly dFirstCell?: Value;
}

/** Walks back through the steps of one direction. */
export type CellGrad = (direction: Direction) => CellGradients;

/** Gradients of all inputs, by backpropagation through time (Werbos, 1990). Throws ModelError for sequence lengths. */
export function recurrentGrad(context: GradContext, cellGrad: CellGrad): (Value | undefined)[] {
  const { node, g, needs } = context;
  checkForm(node);
  const walks = directionsOf(node).map((reverse, d) => walkBack(context, { d, reverse, cellGrad }));
  const each = (part: keyof Walk): Value =>
    g.op(
      'Concat',
      walks.map((walk) => g.op('Unsqueeze', [walk[part]!, g.int64s([0])])),
      { axis: 0 },
    );
  const wanted = (index: number, part: keyof Walk): Value | undefined =>
    needs(index) ? each(part) : undefined;
  const dx = needs(0) ? walks.map((walk) => walk.dx).reduce((a, b) => g.op('Add', [a, b])) : undefined;
  const states = [wanted(5, 'dFirst'), needs(6) ? each('dFirstCell') : undefined];
  return [dx, wanted(1, 'dw'), wanted(2, 'dr'), wanted(3, 'db'), undefined, ...states];
}

/** Throws ModelError for what the formulas do not cover. */
function checkForm(node: Node): void {
  const odd = [
    node.inputs[4] && 'sequence lengths',
    node.inputs[7] && 'peepholes',
    node.int('layout', 0) && 'layout 1',
    node.attributes.has('clip') && 'clip',
    node.int('input_forget', 0) && 'input_forget',
    !node.outputs[0]?.name && 'its first output left out',
  ].find((reason) => typeof reason === 'string');
  if (odd) throw node.error(`has no gradient with ${odd}`);
}

const directionsOf = (node: Node): boolean[] => {
  const direction = node.string('direction', 'forward');
  return direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
};

interface Walk {
  readonly dx: Value;
  readonly dw: Value;
  readonly dr: Value;
  readonly db: Value;
  readonly dFirst: Value;
  readonly dFirstCell: Value | undefined;
}

function walkBack(
  context: GradContext,
  { d, reverse, cellGrad }: { d: number; reverse: boolean; cellGrad: CellGrad },
): Walk {
  const { node, g } = context;
  const x = node.input(0);
  const [steps, batch, inputs] = staticShape(x) as [number, number, number];
  const hidden = staticShape(node.input(2))[2]!;
  const flat = (value: Value): Value => reshape(g, value, [steps * batch, staticShape(value).at(-1)!]);
  const w = pick(g, node.input(1), { axis: 0, index: d });
  const direction = directionOf(context, { d, reverse, w, hidden });
  const { dInput, rows, dFirst, dFirstCell } = cellGrad(direction);
  const product = (a: Value, b: Value): Value => g.op('Gemm', [flat(a), flat(b)], { transA: 1 });
  const total = (value: Value): Value => g.op('ReduceSum', [flat(value), g.int64s([0])], { keepdims: 0 });
  const dx = reshape(g, g.op('MatMul', [flat(dInput), w]), [steps, batch, inputs]);
  const join = (list: readonly Value[]): Value =>
    list.length > 1 ? g.op('Concat', list, { axis: 0 }) : list[0]!;
  return {
    dx,
    dw: product(dInput, x),
    dr: join(rows.map((row) => product(row.d, row.states))),
    db: join([total(dInput), ...rows.map((row) => total(row.d))]),
    dFirst,
    dFirstCell,
  };
}

function directionOf(
  context: GradContext,
  { d, reverse, w, hidden }: { d: number; reverse: boolean; w: Value; hidden: number },
): Direction {
  const { node, g, dys } = context;
  const { add } = arithmetic(g);
  const [steps, batch] = staticShape(node.input(0)) as [number, number];
  const gates = staticShape(w)[0]!;
  const first = { axis: 0, index: d };
  const state = (value: Value | undefined): Value =>
    value ? pick(g, value, first) : zeros(context, [batch, hidden]);
  const bias = node.inputs[3] ? pick(g, node.inputs[3], first) : zeros(context, [2 * gates]);
  const half = (start: number): Value => range(g, bias, { axis: 0, start, end: start + gates });
  const after = pick(g, node.output(), { axis: 1, index: d });
  const kept = range(
    g,
    after,
    reverse ? { axis: 0, start: 1, end: steps } : { axis: 0, start: 0, end: steps - 1 },
  );
  const start = reshape(g, state(node.inputs[5]), [1, batch, hidden]);
  const perStep = dys[0] && pick(g, dys[0], { axis: 1, index: d });
  return {
    ...{ node, g, reverse, hidden, after },
    fromInput: add(g.op('MatMul', [node.input(0), g.op('Transpose', [w], { perm: [1, 0] })]), half(0)),
    recurrence: pick(g, node.input(2), first),
    recurrenceBias: half(gates),
    before: g.op('Concat', reverse ? [kept, start] : [start, kept], { axis: 0 }),
    dAfter: perStep ?? zeros(context, [steps, batch, hidden]),
    dLast: state(dys[1]),
    firstCell: state(node.inputs[6]),
    dLastCell: state(dys[2]),
  };
}

/** One index of an axis, which is dropped. */
export const pick = (
  g: GraphBuilder,
  value: Value,
  { axis, index }: { axis: number; index: number },
): Value => g.op('Gather', [value, g.constant('int64', [index], [])], { axis });

/** The indices from `start` to before `end` of an axis. */
export const range = (
  g: GraphBuilder,
  value: Value,
  { axis, start, end }: { axis: number; start: number; end: number },
): Value => g.op('Slice', [value, g.int64s([start]), g.int64s([end]), g.int64s([axis])]);

/** X R' + bias for all steps at once, since the states are known: [T, B, rows of R]. */
export const recurrentProduct = ({ g, before, recurrence, recurrenceBias }: Direction): Value =>
  g.op('Add', [g.op('MatMul', [before, g.op('Transpose', [recurrence], { perm: [1, 0] })]), recurrenceBias]);
