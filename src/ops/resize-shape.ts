import { type Dim, formatShape, type Node, type Shape, type TensorType } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { type Operand, operandInput } from './operand.ts';

/** What the size of an axis follows from: a factor, or the size itself. */
export interface Resizing {
  readonly axes: readonly number[];
  readonly scales: Operand;
  readonly sizes: Operand;
}

/** Output type of Resize and Upsample: sizes from scales or as given, on all axes or those of the attribute. */
export function inferResize(node: Node): TensorType[] {
  const { dtype, shape } = node.input(0);
  return [{ dtype, shape: shape && resizedShape(node, shape) }];
}

/** Throws ModelError if a list has the wrong length or there is neither. */
export function resizingOf(node: Node, rank: number): Resizing {
  const axes = normalizeAxes(node, node.ints('axes') ?? [...Array(rank).keys()], rank);
  const modern = node.inputs.length > 2;
  const scales = optional(node.attributes.get('scales')?.value ?? operandInput(node, modern ? 2 : 1));
  const sizes = modern ? operandInput(node, 3) : undefined;
  if (!scales && !sizes) throw node.error('must have scales or sizes');
  for (const list of [scales, sizes])
    if (list && list !== 'dynamic' && list.length !== axes.length)
      throw node.error(`must have ${axes.length} scales or sizes, one an axis, has ${formatShape(list)}`);
  return { axes, scales, sizes };
}

/** An empty list is how operator set 11 leaves scales out. */
const optional = (list: unknown): Operand =>
  Array.isArray(list) && list.length === 0 ? undefined : (list as Operand);

function resizedShape(node: Node, shape: Shape): Shape {
  const { axes, scales, sizes } = resizingOf(node, shape.length);
  const policy = node.string('keep_aspect_ratio_policy', 'stretch');
  const result = [...shape];
  for (const [i, axis] of axes.entries()) {
    if (sizes === 'dynamic' || (!sizes && scales === 'dynamic')) result[axis] = null;
    else if (sizes && policy === 'stretch') result[axis] = sizes[i]!;
    else if (sizes) result[axis] = keptRatio({ shape, axes, sizes, policy }, axis);
    else result[axis] = scaled(shape[axis]!, (scales as readonly number[])[i]!);
  }
  return result;
}

/** onnxruntime multiplies in float32, and leaves the region of tf_crop_and_resize out of account. */
function scaled(dim: Dim, scale: number): Dim {
  if (scale === 1) return dim;
  return typeof dim === 'number' ? Math.floor(Math.fround(Math.fround(scale) * dim)) : null;
}

function keptRatio(
  {
    shape,
    axes,
    sizes,
    policy,
  }: { shape: Shape; axes: readonly number[]; sizes: readonly number[]; policy: string },
  axis: number,
): Dim {
  const known = axes.map((a, i) => {
    const dim = shape[a];
    return typeof dim === 'number' ? sizes[i]! / dim : undefined;
  });
  const dim = shape[axis];
  if (known.includes(undefined) || typeof dim !== 'number') return null;
  const ratios = known as number[];
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return Math.floor(Math.fround(ratio) * dim + 0.5);
}
