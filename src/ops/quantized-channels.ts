import type { ChannelRule } from './channel-rule.ts';

/** Scales and integer weights of a quantized model were fitted to all of its channels. */
export const quantizedChannels: ChannelRule = {
  trace: (t) => t.refuse('is quantized: prune the float model, then quantize it'),
};
