import { convolution, depthwise, type Operand, transposedConvolution } from '../../channels-last/index.ts';
import {
  type LayerCall,
  type LayerTable,
  onlyInput,
  paddingAt,
  pairAt,
  requireChannelsLast,
} from '../layer-call.ts';
import { activated } from './activation.ts';

export const convolutionLayers: LayerTable = {
  Conv2D: (call) => activated(call, conv2d(call)),
  DepthwiseConv2D: (call) => {
    const weight = call.weight('depthwise_kernel');
    const filter = { weight, order: [2, 3, 0, 1], bias: biasOf(call) };
    return activated(call, depthwise(call.w, onlyInput(call), { filter, window: windowOf(call) }));
  },
  SeparableConv2D: (call) => {
    const first = { weight: call.weight('depthwise_kernel'), order: [2, 3, 0, 1] };
    const between = depthwise(call.w, onlyInput(call), { filter: first, window: windowOf(call) });
    const second = { weight: call.weight('pointwise_kernel'), order: [3, 2, 0, 1], bias: biasOf(call) };
    const window = { strides: [1, 1], padding: 'VALID' as const };
    return activated(call, convolution(call.w, between, { filter: second, window }));
  },
  Conv2DTranspose: (call) => {
    const filter = { weight: call.weight('kernel'), order: [3, 2, 0, 1], bias: biasOf(call) };
    const output = [null, null];
    return activated(
      call,
      transposedConvolution(call.w, onlyInput(call), { filter, window: windowOf(call), output }),
    );
  },
};

const conv2d = (call: LayerCall): Operand =>
  convolution(call.w, onlyInput(call), {
    filter: { weight: call.weight('kernel'), order: [3, 2, 0, 1], bias: biasOf(call) },
    window: windowOf(call),
  });

const biasOf = (call: LayerCall): Operand | undefined =>
  call.config.optional('use_bias')?.boolean() === false ? undefined : call.weight('bias');

function windowOf({ config }: LayerCall) {
  requireChannelsLast(config);
  return {
    strides: pairAt(config, 'strides', 1),
    dilations: pairAt(config, 'dilation_rate', 1),
    padding: paddingAt(config),
  };
}
