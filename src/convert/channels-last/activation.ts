import { float } from '../../ir/index.ts';
import { unary } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** min(max(x, low), high); a bound that is absent does not hold. */
export function clip(w: Writer, x: Operand, { low, high }: { low?: number; high?: number }): Operand {
  const layout = x.forms.last ? 'last' : 'first';
  const bounds = [low, high].map((bound) => (bound === undefined ? undefined : w.g.scalar(bound)));
  return result(layout, w.op('Clip', [valueIn(w, x, layout), ...bounds]));
}

export type Activation = (w: Writer, x: Operand) => Operand;

const simple =
  (opType: string): Activation =>
  (w, x) =>
    unary(w, opType, x);

/** Activations without parameters, by the name that TensorFlow's operators have. */
export const activations: Readonly<Record<string, Activation>> = {
  Relu: simple('Relu'),
  Relu6: (w, x) => clip(w, x, { low: 0, high: 6 }),
  ReluN1To1: (w, x) => clip(w, x, { low: -1, high: 1 }),
  Relu0To1: (w, x) => clip(w, x, { low: 0, high: 1 }),
  Elu: simple('Elu'),
  Selu: simple('Selu'),
  Sigmoid: simple('Sigmoid'),
  Tanh: simple('Tanh'),
  Softplus: simple('Softplus'),
  Softsign: simple('Softsign'),
  HardSwish: simple('HardSwish'),
};

export const leakyRelu = (w: Writer, x: Operand, alpha: number): Operand =>
  unary(w, 'LeakyRelu', x, { attributes: { alpha: float(alpha) } });
