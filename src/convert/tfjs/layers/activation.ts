import { ModelError } from '../../../errors.ts';
import { float } from '../../../ir/index.ts';
import {
  activations,
  binary,
  clip,
  elementwise,
  leakyRelu,
  type Operand,
  softmax,
  unary,
  type Writer,
} from '../../channels-last/index.ts';
import type { Json } from '../../json.ts';
import { type LayerCall, type LayerTable, onlyInput } from '../layer-call.ts';

type Named = (w: Writer, x: Operand) => Operand;

/** Keras's names of activations. */
const named: Readonly<Record<string, Named>> = {
  linear: (_, x) => x,
  relu: activations.Relu!,
  relu6: activations.Relu6!,
  elu: activations.Elu!,
  selu: activations.Selu!,
  sigmoid: activations.Sigmoid!,
  tanh: activations.Tanh!,
  softplus: activations.Softplus!,
  softsign: activations.Softsign!,
  hard_sigmoid: (w, x) => unary(w, 'HardSigmoid', x, { attributes: { alpha: float(0.2), beta: float(0.5) } }),
  hardSigmoid: (w, x) => unary(w, 'HardSigmoid', x, { attributes: { alpha: float(0.2), beta: float(0.5) } }),
  softmax: (w, x) => softmax(w, 'Softmax', { x }),
  log_softmax: (w, x) => softmax(w, 'LogSoftmax', { x }),
  exponential: (w, x) => unary(w, 'Exp', x),
  swish: silu,
  silu,
};

function silu(w: Writer, x: Operand): Operand {
  return binary(w, 'Mul', [x, unary(w, 'Sigmoid', x)]);
}

/** What the `activation` of a layer does behind it. Throws ModelError for a name that is not known. */
export function activated({ w, config }: LayerCall, x: Operand): Operand {
  const json = config.optional('activation');
  if (!json) return x;
  const name = json.text();
  const activation = Object.hasOwn(named, name) ? named[name] : undefined;
  if (activation) return activation(w, x);
  throw new ModelError(`must have an activation of ${Object.keys(named).join(', ')}, has '${name}'`);
}

const numberAt = (config: Json, key: string): number | undefined => config.optional(key)?.number();

export const activationLayers: LayerTable = {
  Activation: (call) => activated(call, onlyInput(call)),
  ReLU: (call) => {
    const { w, config } = call;
    if (numberAt(config, 'negative_slope') || numberAt(config, 'threshold'))
      throw new ModelError('must have negative_slope and threshold 0');
    const max = numberAt(config, 'max_value');
    const x = onlyInput(call);
    return max === undefined ? activations.Relu!(w, x) : clip(w, x, { low: 0, high: max });
  },
  LeakyReLU: (call) => leakyRelu(call.w, onlyInput(call), numberAt(call.config, 'alpha') ?? 0.3),
  PReLU: (call) =>
    elementwise(call.w, 'PRelu', { inputs: [onlyInput(call), call.weight('alpha')], sameType: true }),
  ELU: (call) =>
    unary(call.w, 'Elu', onlyInput(call), {
      attributes: { alpha: float(numberAt(call.config, 'alpha') ?? 1) },
    }),
  Softmax: (call) =>
    softmax(call.w, 'Softmax', { x: onlyInput(call), axis: call.config.optional('axis')?.integer() ?? -1 }),
};
