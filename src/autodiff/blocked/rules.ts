import type { Node, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { behindPool, isPooled } from '../behind-pool.ts';
import { fakeQuantize, keepsZero } from '../fake-quantize.ts';
import { onlyReader } from '../only-reader.ts';
import type { Region } from '../tape.ts';
import { type Convolution, convolution, windowOver } from './convolution.ts';
import { globalAverage } from './global-average.ts';
import type { Blocked } from './layout.ts';
import { activationMask } from './mask.ts';
import { isTilingByTwo, maxPoolByTwo } from './max-pool.ts';
import { type Activation, affine } from './nchwc.ts';
import { normalization } from './normalization.ts';
import { blockedOf, type Rule, type Written } from './writer.ts';

/** Convolution over two axes, dense or depthwise; takes the activation behind it, or the shift for a normalization. */
const conv: Rule = (written, node) => {
  const { g, tape, plain } = written;
  const form = convolutionOf(written, node);
  if (!form) return false;
  const bias = node.inputs[2] && plain.get(node.inputs[2]);
  const reader = onlyReader(written.graph, node.output());
  const norm =
    reader?.opType === 'BatchNormalization' &&
    reader.input(0) === node.output() &&
    !written.isInference(reader)
      ? reader
      : undefined;
  const shift = norm && plain.get(norm.input(3));
  const activation = norm ? undefined : activationOf(written, reader);
  const y = convolution(g, tape, form, { bias, activation, shift });
  written.blocked.set(fusedOutput(written, node, activation && reader), y);
  return true;
};

/** The output of a node, or of the activation that is written with it. */
function fusedOutput({ fused }: Written, node: Node, activation: Node | undefined): Value {
  if (activation) fused.add(activation);
  return (activation ?? node).output();
}

function convolutionOf(written: Written, node: Node): Convolution | undefined {
  const { plain, kernels } = written;
  const w = plain.get(node.input(1));
  const source = plain.get(node.input(0)) ?? written.blocked.get(node.input(0))?.value;
  if (w?.shape?.length !== 4 || !source) return undefined;
  const [m = 1, perGroup = 1] = staticShape(w);
  const group = node.int('group', 1);
  const depthwise = group > 1 && group === m && perGroup === 1;
  if ((group > 1 && !depthwise) || m % 4 !== 0) return undefined;
  const channels = perGroup * group;
  const plainInput = !depthwise && channels < kernels.block && !written.blocked.has(node.input(0));
  const x = plainInput ? source : blockedOf(written, node.input(0))?.value;
  if (!x) return undefined;
  return { kernels, x, w, plainInput, channels, depthwise, ...windowOver(node, w, x) };
}

/** Normalization of a blocked value, with the activation behind it. */
const batchNormalization: Rule = (written, node) => {
  const { g, tape, plain, blocked, kernels, updates } = written;
  const x = blocked.get(node.input(0));
  if (!x || written.isInference(node)) return false;
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((index) => plain.get(node.input(index)));
  if (!scale || !bias || !mean || !variance) return false;
  const reader = onlyReader(written.graph, node.output());
  const activation = activationOf(written, reader);
  const { block } = kernels;
  const [epsilon, momentum] = [node.float('epsilon', 1e-5), node.float('momentum', 0.9)];
  const statistics = { scale, bias, mean, variance, epsilon, momentum };
  const norm = normalization(g, tape, { x, ...statistics, block, activation });
  blocked.set(fusedOutput(written, node, activation && reader), norm.output);
  updates.set(node.input(3), norm.mean);
  updates.set(node.input(4), norm.variance);
  return true;
};

/** What a convolution or normalization can apply by itself: Relu, and Clip from 0 to a constant. */
function activationOf(written: Written, node: Node | undefined): Activation | undefined {
  if (node && isPooled(written, node)) return undefined;
  if (node?.opType === 'Relu') return { kind: 'Relu' };
  if (node?.opType !== 'Clip' || node.inputs.length !== 3) return undefined;
  const [low, high] = [1, 2].map((index) => node.inputs[index] && scalarOf(node.input(index)));
  return low === 0 && high !== undefined && high > 0 && Number.isFinite(high)
    ? { kind: 'Clip', low, high }
    : undefined;
}

const scalarOf = (value: Value): number | undefined => {
  const tensor = constantOf(value);
  return tensor?.dtype === 'float32' ? (tensor.data as Float32Array)[0] : undefined;
};

/** Elementwise functions that keep 0, so that the padding stays zero: the standard operator on blocked memory. */
const unary: Rule = ({ g, blocked }, node) => {
  const x = blocked.get(node.input(0));
  if (!x) return false;
  const value = g.op(node.opType, [x.value], Object.fromEntries(node.attributes));
  blocked.set(node.output(), { value, channels: x.channels });
  return true;
};

/** Relu behind anything else, with a cheaper mask than its operator's gradient has. */
const relu: Rule = (written, node) => {
  const x = written.blocked.get(node.input(0));
  if (!x) return false;
  written.blocked.set(node.output(), rectified(written, x));
  return true;
};

const rectified = ({ g, tape }: Written, { value, channels }: Blocked): Blocked => ({
  value: tape.region(g, [value], () => masked(g.op('Relu', [value]), 1)),
  channels,
});

/** A relu's result; `inputs` of them add up to what goes into it. */
const masked = (output: Value, inputs: number): Pick<Region, 'output' | 'grad'> => ({
  output,
  grad({ g, dy }) {
    const inner = g.op('Mul', [dy, activationMask(g, output, { kind: 'Relu' })]);
    return Array<Value>(inputs).fill(inner);
  },
});

/** Sum or difference of two values of one shape, at least one of them blocked. */
const binary: Rule = (written, node) => {
  const { g, blocked } = written;
  const inputs = [node.input(0), node.input(1)];
  const shapes = inputs.map((value) => shapeOf(written, value));
  if (!inputs.some((value) => blocked.has(value)) || shapes[0] !== shapes[1]) return false;
  const [a, b] = inputs.map((value) => blockedOf(written, value));
  if (!a || !b) return false;
  const reader = onlyReader(written.graph, node.output());
  const fuses = node.opType === 'Add' && reader?.opType === 'Relu' && !isPooled(written, reader);
  const value = fuses ? reluOfSum(written, a, b) : g.op(node.opType, [a.value, b.value]);
  blocked.set(fusedOutput(written, node, fuses ? reader : undefined), { value, channels: a.channels });
  return true;
};

/** relu(a + b) in one pass over memory. */
function reluOfSum({ g, tape }: Written, a: Blocked, b: Blocked): Value {
  const channels = staticShape(a.value)[1]!;
  const ones = g.constant('float32', new Float32Array(channels).fill(1), [channels]);
  return tape.region(g, [a.value, b.value], () =>
    masked(affine(g, b.value, { scale: ones, sum: a.value, activation: { kind: 'Relu' } }), 2),
  );
}

function shapeOf({ blocked, plain }: Written, value: Value): string | undefined {
  const known = blocked.get(value);
  if (!known) return plain.get(value)?.shape?.join();
  const [n, , ...space] = staticShape(known.value);
  return [n, known.channels, ...space].join();
}

const globalAveragePool: Rule = ({ g, tape, blocked, kernels: { block } }, node) => {
  const x = blocked.get(node.input(0));
  if (!x) return false;
  blocked.set(node.output(), globalAverage(g, { tape, x, block }));
  return true;
};

/** Pooling of 2x2 tiles, and the relu and the rounding that were before it. */
const maxPool: Rule = (written, node) => {
  const { g, tape, plain, blocked, kernels } = written;
  const x = blocked.get(node.input(0));
  const { relu, fake } = behindPool(written, node);
  if (!x || node.outputs.length > 1 || !isTilingByTwo(node, x.value) || (fake && !keepsZero(fake)))
    return false;
  const pooled = maxPoolByTwo(g, { tape, x, block: kernels.block });
  const { value, channels } = relu ? rectified(written, pooled) : pooled;
  const inputs = fake && { x: value, scale: plain.get(fake.scale)! };
  const rounded = inputs ? fakeQuantize(g, tape, { inputs, fake }) : value;
  blocked.set(node.output(), { value: rounded, channels });
  return true;
};

/** How operators are written in blocked layout. All others take their inputs plain. */
export const rules: Readonly<Record<string, Rule>> = {
  Add: binary,
  BatchNormalization: batchNormalization,
  Conv: conv,
  GlobalAveragePool: globalAveragePool,
  HardSwish: unary,
  LeakyRelu: unary,
  MaxPool: maxPool,
  Relu: relu,
  Sub: binary,
  Tanh: unary,
};
