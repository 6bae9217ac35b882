import { type Model, product, Tensor, type Value } from '../../../../src/ir/index.ts';
import { createBuilder } from '../../../../src/ops/index.ts';
import { random } from '../../../../src/random.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { architecture } from '../../../../src/zoo/index.ts';
import { build, run } from '../build.ts';

/**
 * A network of the zoo as after training: batch normalizations whose scales and shifts are uneven, and whose mean and
 * variance are those of the images, so that rounding does not grow from layer to layer. Scales span a factor of 10 ** spread.
 */
export async function unevenNet(
  name: string,
  { side = 32, width = 1, channels = 3, seed = 5, spread = 1.4 } = {},
): Promise<Model> {
  const model = architecture(name, { sample: [channels, side, side], classes: 10, width });
  const { uniform, normal } = random(seed);
  const norms = model.graph.nodes.filter((node) => node.opType === 'BatchNormalization');
  for (const node of norms) {
    set(node.input(1), () => 10 ** (spread * (uniform() - 0.5)));
    set(node.input(2), () => 0.5 * normal() + 0.3);
  }
  if (norms.length === 0) return model;
  const statistics = await run(normalizing(model), imageBatches(model, { batches: 1, size: 16 })[0]!);
  for (const node of norms)
    for (const index of [3, 4]) {
      const numbers = statistics[node.input(index).name]!.toNumbers();
      set(node.input(index), (i) => numbers[i]!);
    }
  return model;
}

function set(value: Value, at: (i: number) => number): void {
  const { size, shape } = value.tensor!;
  value.tensor = Tensor.of(
    'float32',
    Float32Array.from({ length: size }, (_, i) => at(i)),
    shape,
  );
}

/** The model with batch normalization by the statistics of the batch, which are its outputs under the names of the constants. */
function normalizing(model: Model): Model {
  const copy = model.clone();
  const { graph } = copy;
  const b = createBuilder({ name: 'normalizing', graph, prefix: 'batch/' });
  graph.outputs.length = 0;
  for (const norm of [...graph.nodes]) {
    if (norm.opType !== 'BatchNormalization') continue;
    const at = graph.nodes.indexOf(norm);
    const [x, scale, shift, mean, variance] = norm.inputs as Value[];
    const rank = x!.shape!.length;
    const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1);
    const shape = b.int64s([-1, ...new Array<number>(rank - 2).fill(1)]);
    const reduce = (value: Value) =>
      copy.opset < 18
        ? b.op('ReduceMean', [value], { axes, keepdims: 1 })
        : b.op('ReduceMean', [value, b.int64s(axes)], { keepdims: 1 });
    const center = reduce(x!);
    const distance = b.op('Sub', [x!, center]);
    const spread = b.op('Max', [reduce(b.op('Mul', [distance, distance])), b.scalar(1e-4)]);
    const normed = b.op('Div', [
      distance,
      b.op('Sqrt', [b.op('Add', [spread, b.scalar(norm.float('epsilon', 1e-5))])]),
    ]);
    const y = b.op('Add', [
      b.op('Mul', [normed, b.op('Reshape', [scale!, shape])]),
      b.op('Reshape', [shift!, shape]),
    ]);
    graph.nodes.splice(at, 0, ...graph.nodes.splice(graph.nodes.indexOf(center.producer!)));
    for (const [value, constant] of [
      [center, mean!],
      [spread, variance!],
    ] as const) {
      graph.initializers.delete(constant.name);
      const flat = b.op('Reshape', [value, b.int64s([-1])]);
      const { name } = constant;
      constant.name = `${name}/old`;
      b.output(flat, name);
    }
    graph.replaceUses(norm.output(), y);
    graph.remove(norm);
  }
  return copy;
}

/** Batches of images as sums of a few waves, so that neighbouring pixels resemble each other as in photographs. */
export function imageBatches(model: Model, { batches = 4, size = 8, seed = 6 } = {}): Feeds[] {
  const { uniform, normal } = random(seed);
  const input = model.graph.feeds[0]!;
  const [, channels = 1, height = 1, width = 1] = input.shape as number[];
  const image = (): Float32Array => {
    const waves = Array.from({ length: 4 }, () => ({
      x: 0.6 * normal(),
      y: 0.6 * normal(),
      phase: 6 * uniform(),
    }));
    const offset = normal() * 0.4;
    return Float32Array.from({ length: channels * height * width }, (_, i) => {
      const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      return (
        offset +
        0.2 * normal() +
        waves.reduce((sum, w) => sum + 0.4 * Math.sin(w.x * x + w.y * y + w.phase + c), 0)
      );
    });
  };
  return Array.from({ length: batches }, () => {
    const shape = [size, channels, height, width];
    const data = new Float32Array(product(shape));
    for (let n = 0; n < size; n++) data.set(image(), n * channels * height * width);
    return { [input.name]: Tensor.of('float32', data, shape) };
  });
}

/** max |x - y| / max |x| over all outputs. */
export function largestDifference(
  x: Readonly<Record<string, Tensor>>,
  y: Readonly<Record<string, Tensor>>,
): number {
  let worst = 0;
  for (const [name, tensor] of Object.entries(x)) {
    const [a, b] = [tensor.toNumbers(), y[name]!.toNumbers()];
    const scale = a.reduce((max, one) => Math.max(max, Math.abs(one)), 0);
    worst = Math.max(worst, a.reduce((max, one, i) => Math.max(max, Math.abs(one - b[i]!)), 0) / scale);
  }
  return worst;
}

/**
 * A convolutional net with squeeze and excitation, borders of zeros around small maps, and output channels whose weights
 * span a factor of 10 ** spread: x [N, 3, side, side] to y [N, 10].
 */
export const squeezeNet = ({ spread = 2.5, side = 12, channels = 24 } = {}): Model =>
  build(({ b, weight }) => {
    const { uniform } = random(11);
    const uneven = (name: string, shape: number[]) => {
      const value = weight(name, shape, 1.6 / Math.sqrt(product(shape.slice(1))));
      const rows = Array.from({ length: shape[0]! }, () => 10 ** (spread * (uniform() - 0.5)));
      const inner = product(shape.slice(1));
      const data = (value.tensor!.data as Float32Array).map((w, i) => w * rows[Math.floor(i / inner)]!);
      value.tensor = Tensor.of('float32', data, shape);
      return value;
    };
    const conv = (x: Value, name: string, [out, ...rest]: number[], group = 1) => {
      const pads = new Array<number>(4).fill(rest[1]! >> 1);
      return b.op('Conv', [x, uneven(`${name}w`, [out!, ...rest]), weight(`${name}b`, [out!], 0.2)], {
        pads,
        group,
      });
    };
    const relu = (x: Value) => b.op('Relu', [x]);
    let x = relu(conv(b.input('x', 'float32', ['N', 3, side, side]), 'stem', [channels, 3, 3, 3]));
    for (let n = 0; n < 3; n++) {
      x = relu(conv(x, `depthwise${n}`, [channels, 1, 5, 5], channels));
      const squeezed = [b.op('GlobalAveragePool', [x]), weight(`squeeze${n}`, [8, channels, 1, 1], 0.4)];
      const excited = [
        relu(b.op('Conv', squeezed)),
        weight(`excite${n}`, [channels, 8, 1, 1], 1),
        weight(`e${n}`, [channels]),
      ];
      x = relu(
        conv(b.op('Mul', [x, b.op('HardSigmoid', [b.op('Conv', excited)])]), `point${n}`, [
          channels,
          channels,
          1,
          1,
        ]),
      );
    }
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [x])]);
    b.output(b.op('Gemm', [flat, weight('w', [channels, 10], 0.5), weight('b', [10], 0.1)]), 'y');
  });

/** Batches of one bright blob each, near the middle of a dark image: its mean says little of it. */
export function blobBatches({ seed = 1, side = 12, batches = 4, size = 16 } = {}): Feeds[] {
  const { normal, uniform } = random(seed);
  const blob = (): Float32Array => {
    const [width, x0, y0] = [
      1 + 1.5 * uniform(),
      (side - 1) / 2 + normal() / 2,
      (side - 1) / 2 + normal() / 2,
    ];
    const height = Array.from({ length: 3 }, () => 1 + 2 * uniform());
    return Float32Array.from({ length: 3 * side * side }, (_, i) => {
      const [c, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
      return (
        height[c]! * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * width ** 2)) * (1 + 0.3 * normal())
      );
    });
  };
  return Array.from({ length: batches }, () => {
    const data = new Float32Array(size * 3 * side * side);
    for (let n = 0; n < size; n++) data.set(blob(), n * 3 * side * side);
    return { x: Tensor.of('float32', data, [size, 3, side, side]) };
  });
}
