import type { AttributeInput, TensorType, Value } from '../../ir/index.ts';
import { inOrder } from './axes.ts';
import type { Layout, Operand } from './operand.ts';
import { permute, reshaped } from './permute.ts';
import { lastValue, rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

interface Options {
  readonly attributes?: Record<string, AttributeInput | undefined>;
  /** The output has the type of the first input: for operators that the library cannot infer. */
  readonly sameType?: boolean;
}

/** An operator that works element by element, with broadcasting; in the layout that its inputs have. */
export function elementwise(
  w: Writer,
  opType: string,
  { inputs, attributes, sameType }: Options & { inputs: readonly Operand[] },
): Operand {
  const rank = Math.max(...inputs.map(rankOf));
  const layout = sharedLayout(inputs, rank);
  const values = inputs.map((x) => broadcastable(w, x, { layout, rank }));
  const declared: TensorType | undefined = sameType ? values[0]!.type : undefined;
  return result(
    layout,
    w.op(opType, values, { ...(attributes && { attributes }), ...(declared && { declared }) }),
  );
}

export const unary = (w: Writer, opType: string, x: Operand, options: Options = {}): Operand =>
  elementwise(w, opType, { inputs: [x], sameType: true, ...options });

/** Channels first if a computed input of full rank has no other form, or if all of them have it. */
export function sharedLayout(inputs: readonly Operand[], rank: number): Layout {
  if (rank < 3) return 'last';
  const computed = inputs.filter((x) => !x.constant && x.rank === rank);
  const onlyFirst = computed.some(({ forms }) => !forms.last);
  const allFirst = computed.length > 0 && computed.every(({ forms }) => forms.first);
  return onlyFirst || allFirst ? 'first' : 'last';
}

/** The value of an operand so that it broadcasts against values of `rank` in `layout`. */
export function broadcastable(
  w: Writer,
  x: Operand,
  { layout, rank }: { layout: Layout; rank: number },
): Value {
  const own = rankOf(x);
  if (layout === 'last' || own === 0 || own === rank) return valueIn(w, x, layout);
  if (x.constant && !x.quantization) return broadcastConstant(w, x, rank);
  const axes = Array.from({ length: rank - own }, (_, axis) => axis);
  const padded = w.op('Unsqueeze', [lastValue(w, x), w.int64s(axes)]);
  return valueIn(w, result('last', padded), 'first');
}

/** [C] becomes [C, 1, 1]: leading ones are left out, as broadcasting adds them. */
function broadcastConstant(w: Writer, x: Operand, rank: number): Value {
  const tensor = x.constant!;
  const full = [...Array<number>(rank - tensor.shape.length).fill(1), ...tensor.shape];
  const order = inOrder(
    full.map((_, axis) => axis),
    'first',
  );
  const moved = permute(reshaped(tensor, full), order);
  const ones = moved.shape.findIndex((size) => size !== 1);
  const shape = ones < 0 ? [] : moved.shape.slice(ones);
  return w.initializer(x.name, reshaped(moved, shape));
}
