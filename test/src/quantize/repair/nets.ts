import { type Model, product, Tensor, type Value } from '../../../../src/ir/index.ts';
import { createBuilder } from '../../../../src/ops/index.ts';
import { random } from '../../../../src/random.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { architecture } from '../../../../src/zoo/index.ts';
import { run } from '../build.ts';

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
