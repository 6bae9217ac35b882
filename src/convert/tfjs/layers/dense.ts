import { ModelError } from '../../../errors.ts';
import { float, Tensor } from '../../../ir/index.ts';
import {
  elementwise,
  gemm,
  madeConstant,
  matMul,
  type Operand,
  rankOf,
  result,
  valueIn,
} from '../../channels-last/index.ts';
import { type LayerCall, type LayerTable, onlyInput } from '../layer-call.ts';
import { activated } from './activation.ts';

/** Layers with weights that are no convolutions. */
export const denseLayers: LayerTable = {
  Dense: (call) => activated(call, dense(call)),
  BatchNormalization: (call) => batchNormalization(call),
};

function dense(call: LayerCall): Operand {
  const { w, config } = call;
  const x = onlyInput(call);
  const b = call.weight('kernel');
  const bias = config.optional('use_bias')?.boolean() === false ? undefined : call.weight('bias');
  if (rankOf(x) === 2) return gemm(w, x, { b, bias });
  const product = matMul(w, [x, b]);
  return bias ? elementwise(w, 'Add', { inputs: [product, bias] }) : product;
}

function batchNormalization(call: LayerCall): Operand {
  const { w, config } = call;
  const x = onlyInput(call);
  const rank = rankOf(x);
  const json = config.optional('axis');
  const axis = Array.isArray(json?.value) ? json.integers()[0] : json?.integer();
  if (axis !== undefined && axis !== -1 && axis !== rank - 1)
    throw new ModelError(`must normalize the last axis, normalizes axis ${axis}`);
  const mean = call.weight('moving_mean');
  const length = mean.constant!.size;
  const scale =
    config.optional('scale')?.boolean() === false ? filled(call, length, 1) : call.weight('gamma');
  const shift =
    config.optional('center')?.boolean() === false ? filled(call, length, 0) : call.weight('beta');
  const statistics = [scale, shift, mean, call.weight('moving_variance')].map((v) => valueIn(w, v, 'last'));
  const layout = rank < 3 ? 'last' : 'first';
  const epsilon = float(config.optional('epsilon')?.number() ?? 1e-3);
  const inputs = [valueIn(w, x, layout), ...statistics];
  return result(layout, w.op('BatchNormalization', inputs, { attributes: { epsilon } }));
}

const filled = ({ w }: LayerCall, length: number, value: number): Operand =>
  madeConstant(w, Tensor.of('float32', Array<number>(length).fill(value)));
