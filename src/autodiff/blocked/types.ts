import type { Node, TensorType } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { extent } from '../../ops/window.ts';

/** The domain of onnxruntime's kernels for blocked layout. */
export const nchwc = 'com.microsoft.nchwc';
export const microsoft = 'com.microsoft';

/** Types of the outputs of a kernel's node, undefined for a node of another domain. Shapes must be static. */
export function blockedTypes(node: Node, block: number | undefined): TensorType[] | undefined {
  const shape = shapes[`${node.domain}.${node.opType}`];
  return shape && [{ dtype: node.input(0).dtype, shape: shape(node, block ?? 1) }];
}

/** `size` rounded up to whole blocks. */
export const padded = (size: number, block: number): number => Math.ceil(size / block) * block;

const shapes: Readonly<Record<string, (node: Node, block: number) => number[]>> = {
  [`${nchwc}.ReorderInput`](node, block) {
    const [n = 1, c = 1, ...space] = staticShape(node.input(0));
    return [n, padded(c, block), ...space];
  },
  [`${nchwc}.ReorderOutput`](node) {
    const [n = 1, , ...space] = staticShape(node.input(0));
    return [n, node.int('channels', 0), ...space];
  },
  [`${nchwc}.Conv`](node) {
    const [n = 1, , ...space] = staticShape(node.input(0));
    const [m = 1, , ...kernel] = staticShape(node.input(1));
    return [n, m, ...windowOutput(node, space, kernel)];
  },
  [`${nchwc}.MaxPool`](node) {
    const [n = 1, c = 1, ...space] = staticShape(node.input(0));
    return [n, c, ...windowOutput(node, space, node.ints('kernel_shape')!)];
  },
  [`${nchwc}.GlobalAveragePool`](node) {
    const [n = 1, c = 1, ...space] = staticShape(node.input(0));
    return [n, c, ...space.map(() => 1)];
  },
};

function windowOutput(node: Node, space: readonly number[], kernel: readonly number[]): number[] {
  const [strides, dilations, pads] = [node.ints('strides')!, node.ints('dilations')!, node.ints('pads')!];
  return space.map((size, i) => {
    const room = size + pads[i]! + pads[i + space.length]! - extent(kernel[i]!, dilations[i]!);
    return Math.floor(room / strides[i]!) + 1;
  });
}
