import { type Attribute, type Node, product, type Value } from '../ir/index.ts';
import type { GradContext, TrainingContext, TrainingForm } from './op.ts';
import { staticShape } from './static-shape.ts';
import { unreachedOf, windowOf } from './static-window.ts';
import { reshape } from './sum-to.ts';

/** Each output's gradient goes to the first of its window's largest elements, as in PyTorch. */
export function maxPoolGrad({ node, g, dy }: GradContext): Value[] {
  const x = node.input(0);
  const shape = staticShape(x);
  if (node.int('storage_order', 0) === 1)
    throw node.error('has a gradient for row-major indices only: set storage_order to 0');
  const attributes = Object.fromEntries(node.attributes);
  const indices = node.outputs[1] ?? g.node('MaxPool', [x], attributes, 2)[1]!;
  if (isTiling(node))
    return [g.op('MaxUnpool', [dy, indices, g.int64s(shape)], unpoolAttributes(attributes))];
  const count = product(staticShape(dy));
  const zeros = g.op('ConstantOfShape', [g.int64s([product(shape)])]);
  const flat = [zeros, reshape(g, indices, [count]), reshape(g, dy, [count])];
  return [reshape(g, g.op('ScatterElements', flat, { axis: 0, reduction: 'add' }), shape)];
}

/** True if windows touch but never overlap, so that each input element is the maximum of one window at most. */
function isTiling(node: Node): boolean {
  const kernel = node.ints('kernel_shape') ?? [];
  const strides = node.ints('strides') ?? kernel.map(() => 1);
  const plain = (name: string, value: number): boolean => (node.ints(name) ?? []).every((v) => v === value);
  const exact = node.string('auto_pad', 'NOTSET') === 'NOTSET' && node.int('ceil_mode', 0) === 0;
  return exact && plain('pads', 0) && plain('dilations', 1) && kernel.every((size, i) => size === strides[i]);
}

const unpoolAttributes = ({ kernel_shape, strides }: Record<string, Attribute>) => ({
  kernel_shape,
  strides,
});

/** While training the pool also returns where each maximum was. */
export function maxPoolTraining({ node, g, inputs }: TrainingContext): TrainingForm {
  const [y] = g.node('MaxPool', inputs, Object.fromEntries(node.attributes), 2);
  return { outputs: [y!] };
}

/** Spreads each output's gradient evenly over its window: a transposed convolution, one channel at a time. */
export function averagePoolGrad({ node, g, dy }: GradContext): Value[] {
  const x = node.input(0);
  const [n = 1, c = 1, ...input] = staticShape(x);
  const output = staticShape(dy).slice(2);
  const window = windowOf(node, { kernel: node.ints('kernel_shape') ?? [], input });
  const { kernel, strides, pads, dilations } = window;
  const rank = kernel.length;
  const unreached = unreachedOf(window, input, output);
  const counts = g.constant('float32', inverseCounts({ node, input, output, window }), output);
  const scaled = g.op('Mul', [dy, counts]);
  const ones = g.constant('float32', new Float32Array(product(kernel)).fill(1), [1, 1, ...kernel]);
  // A window that ceil_mode lets stick out has a negative rest: the surplus is cut from the end.
  const spread = g.op('ConvTranspose', [reshape(g, scaled, [n * c, 1, ...output]), ones], {
    strides,
    dilations,
    kernel_shape: kernel,
    pads: pads.map((size, i) => (i < rank ? size : size + Math.max(0, -unreached[i - rank]!))),
    output_padding: unreached.map((size) => Math.max(0, size)),
  });
  return [reshape(g, spread, staticShape(x))];
}

/** 1 / (elements that each output averages), which is fewer at the borders unless count_include_pad. */
function inverseCounts({
  node,
  input,
  output,
  window,
}: {
  node: GradContext['node'];
  input: readonly number[];
  output: readonly number[];
  window: ReturnType<typeof windowOf>;
}): Float32Array {
  const includePad = node.int('count_include_pad', 0) === 1;
  const { kernel, strides, pads, dilations } = window;
  const rank = kernel.length;
  const perAxis = output.map((size, i) =>
    Array.from({ length: size }, (_, o) => {
      const [low, high] = includePad ? [-pads[i]!, input[i]! + pads[i + rank]!] : [0, input[i]!];
      const taps = Array.from(
        { length: kernel[i]! },
        (_, k) => o * strides[i]! - pads[i]! + k * dilations[i]!,
      );
      return taps.filter((at) => at >= low && at < high).length;
    }),
  );
  const counts = perAxis.reduce<number[]>((all, axis) => all.flatMap((a) => axis.map((b) => a * b)), [1]);
  return Float32Array.from(counts, (count) => 1 / count);
}

export function globalAveragePoolGrad({ node, g, dy }: GradContext): Value[] {
  const shape = staticShape(node.input(0));
  const mean = g.op('Mul', [dy, g.scalar(1 / product(shape.slice(2)))]);
  return [g.op('Expand', [mean, g.int64s(shape)])];
}
