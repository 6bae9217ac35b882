import { product, type Value } from '../ir/index.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, transpose } from './sum-to.ts';

/** float32 zeros of a static shape, made when the graph runs so that the file does not hold them. */
export const zeros = ({ g }: Pick<GradContext, 'g'>, shape: readonly number[]): Value =>
  g.op('ConstantOfShape', [g.int64s(shape)]);

/** Gradient of Gather: each slice of dy is added to the one that it was taken from. */
export function gatherGrad(context: GradContext, axis: number): Value {
  const { node, g, dy } = context;
  const [shape, indices] = [staticShape(node.input(0)), staticShape(node.input(1))];
  const rank = staticShape(dy).length;
  const own = Array.from({ length: indices.length }, (_, i) => axis + i);
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !own.includes(i));
  const front = transpose(g, dy, [...own, ...others]);
  const rest = shape.filter((_, i) => i !== axis);
  const slices = reshape(g, front, [product(indices), ...rest]);
  const list = reshape(g, int64(context, node.input(1)), [product(indices), 1]);
  const inputs = [zeros(context, [shape[axis]!, ...rest]), list, slices];
  const sum = g.op('ScatterND', inputs, { reduction: 'add' });
  const order = Array.from({ length: shape.length }, (_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
  return transpose(g, sum, order);
}

/** The index type that ScatterND takes. */
const int64 = ({ g }: GradContext, indices: Value): Value =>
  indices.dtype === 'int64' ? indices : g.op('Cast', [indices], { to: 7 });

/** How an operator writes updates to places, and reads what is there. */
export interface Places {
  scatter(inputs: readonly (Value | undefined)[]): Value;
  gather(inputs: readonly (Value | undefined)[]): Value;
}

/**
 * Gradients of data and updates of a scatter. Throws ModelError for a reduction other than none and add. Without a
 * reduction no index may occur twice, as ONNX demands.
 */
export function scatterGrad(c: GradContext, { scatter, gather }: Places): (Value | undefined)[] {
  const { node, dy, needs } = c;
  const reduction = node.string('reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add')
    throw node.error(`has a gradient for the reductions none and add only, not for ${reduction}`);
  const [indices, updates] = [node.input(1), node.input(2)];
  const data = (): Value =>
    reduction === 'add' ? dy : scatter([dy, indices, zeros(c, staticShape(updates))]);
  return [needs(0) ? data() : undefined, undefined, needs(2) ? gather([dy, indices]) : undefined];
}
