import type { Dim, Graph, Node, TensorType, Value } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

/**
 * Inputs: state values, then num_scan_inputs values that the body gets slice by slice; the body gives states, then
 * slices of the outputs. In operator set 8 the inputs begin with sequence lengths, and all have a batch axis in front.
 */
export const scan: Op = {
  type: 'Scan',
  infer(node) {
    const { body, states, batch, scanned } = partsOf(node);
    const batched = batch === undefined ? [] : [batch];
    const outputs = body.outputs.slice(states.length);
    return [
      ...body.outputs.slice(0, states.length).map((value) => prefixed(value, batched)),
      ...outputs.map((value, i) => stacked(node, value, { i, length: scanned.length, batched })),
    ];
  },
  cost: moves,
  subgraph: {
    inputs: (node) => {
      const { states, slices, batch } = partsOf(node);
      const drop = batch === undefined ? 0 : 1;
      return [
        ...states.map((value) => ({ dtype: value?.dtype, shape: value?.shape?.slice(drop) })),
        ...slices.map((value, i) => sliceType(node, value, { i, drop })),
      ];
    },
    trips: (node) => {
      const { length } = partsOf(node).scanned;
      return typeof length === 'number' ? length : undefined;
    },
  },
};

interface Parts {
  readonly body: Graph;
  readonly states: readonly (Value | undefined)[];
  /** Values that the body gets slice by slice. */
  readonly slices: readonly (Value | undefined)[];
  /** Size of the batch axis, which only operator set 8 has. */
  readonly batch: Dim | undefined;
  readonly scanned: { readonly length: Dim };
}

function partsOf(node: Node): Parts {
  const body = node.graph('body');
  if (!body) throw node.error('must have a body');
  const count = node.int('num_scan_inputs', 0);
  const extra = node.inputs.length - body.inputs.length;
  if (count < 1 || count > body.inputs.length || extra < 0 || extra > 1)
    throw node.error(
      `body must take the ${node.inputs.length} values of the node, ${count} of them slice by slice; takes ${body.inputs.length}`,
    );
  const values = node.inputs.slice(extra);
  const slices = values.slice(values.length - count);
  const states = values.slice(0, values.length - count);
  const first = slices[0]?.shape;
  const batch = extra ? (first?.[0] ?? null) : undefined;
  const axis = extra ? 1 : axisOf(node, 'scan_input_axes', { i: 0, rank: first?.length ?? Infinity });
  return { body, states, slices, batch, scanned: { length: first?.[axis] ?? null } };
}

/** The axis that input or output `i` is scanned along. */
function axisOf(node: Node, name: string, { i, rank }: { i: number; rank: number }): number {
  const axis = node.ints(name)?.[i] ?? 0;
  return rank === Infinity ? axis : normalizeAxis(node, axis, rank);
}

function sliceType(
  node: Node,
  value: Value | undefined,
  { i, drop }: { i: number; drop: number },
): TensorType {
  const { dtype, shape } = value ?? {};
  if (!shape) return { dtype, shape };
  if (drop) return { dtype, shape: shape.slice(2) };
  const axis = axisOf(node, 'scan_input_axes', { i, rank: shape.length });
  return { dtype, shape: shape.filter((_, j) => j !== axis) };
}

const prefixed = ({ dtype, shape }: Value, batched: readonly Dim[]): TensorType => ({
  dtype,
  shape: shape && [...batched, ...shape],
});

function stacked(
  node: Node,
  { dtype, shape }: Value,
  { i, length, batched }: { i: number; length: Dim; batched: readonly Dim[] },
): TensorType {
  if (!shape) return { dtype, shape };
  if (batched.length) return { dtype, shape: [...batched, length, ...shape] };
  const axis = axisOf(node, 'scan_output_axes', { i, rank: shape.length + 1 });
  return { dtype, shape: [...shape.slice(0, axis), length, ...shape.slice(axis)] };
}
