import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';

/** The shape that `shapes` broadcast to, as in numpy. Undefined if a rank is unknown. Throws if they do not fit. */
export function broadcastShapes(
  node: Node,
  shapes: readonly (Shape | undefined)[],
): readonly Dim[] | undefined {
  const known = shapes.filter((shape) => shape !== undefined);
  if (known.length < shapes.length) return undefined;
  const rank = Math.max(0, ...known.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const dims = known.map((shape) => shape[i - rank + shape.length] ?? (i < rank - shape.length ? 1 : null));
    const dim = dims.reduce<Dim | undefined>((a, b) => (a === undefined ? a : broadcastDim(a, b)), 1);
    if (dim !== undefined) return dim;
    throw node.error(`shapes must broadcast, are ${known.map(formatShape).join(' and ')}`);
  });
}

/** Broadcasts the shapes of all inputs, or of those at `indices`. */
export const broadcastInputs = (
  node: Node,
  indices: readonly number[] = [...node.inputs.keys()],
): Shape | undefined =>
  broadcastShapes(
    node,
    indices.map((index) => node.input(index).shape),
  );

/** Throws ModelError unless `shape` broadcasts to exactly `target` (unidirectional broadcasting). */
export function requireBroadcastTo(node: Node, shape: Shape | undefined, target: Shape): void {
  if (!shape) return;
  const fits =
    shape.length <= target.length &&
    shape.every((dim, i) => {
      const wanted = target[i + target.length - shape.length]!;
      return dim === 1 || typeof dim !== 'number' || typeof wanted !== 'number' || dim === wanted;
    });
  if (!fits) throw node.error(`${formatShape(shape)} must broadcast to ${formatShape(target)}`);
}

/** Undefined if the two cannot broadcast. A known size other than 1 decides, whatever the other dimension is. */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  return typeof b === 'number' ? b : null;
}
