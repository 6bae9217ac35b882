import { Tensor, toAttribute } from '../../ir/index.ts';
import { before, type Converter, constant, drop, int64s, scalarLikeInput } from './converter.ts';

/** Floats that were attributes `names`, in order, become the inputs from 1 on; those not given stay left out. */
export const bounds: Converter = (conversion) => {
  const { node } = conversion;
  for (const [name, index] of [['min', 1] as const, ['max', 2] as const]) {
    if (!node.attributes.has(name)) continue;
    const value = node.float(name, 0);
    node.attributes.delete(name);
    node.setInput(index, scalarLikeInput(conversion, name, value));
  }
};

export const padOperands: Converter = (conversion) => {
  const { node } = conversion;
  const value = node.float('value', 0);
  const pads = node.ints('pads');
  if (!pads) throw node.error("must have an attribute 'pads', has not");
  drop('pads', 'value')(conversion);
  node.setInput(1, int64s(conversion, 'pads', pads));
  if (value !== 0) node.setInput(2, scalarLikeInput(conversion, 'value', value));
};

export const topKOperand: Converter = (conversion) => {
  const { node } = conversion;
  if (!node.attributes.has('k')) throw node.error("must have an attribute 'k', has not");
  const k = node.int('k', 1);
  node.attributes.delete('k');
  node.setInput(1, int64s(conversion, 'k', [k]));
};

export const dropoutRatio: Converter = (conversion) => {
  const { node } = conversion;
  if (!node.attributes.has('ratio')) return;
  const ratio = node.float('ratio', 0.5);
  node.attributes.delete('ratio');
  node.setInput(1, constant(conversion, 'ratio', Tensor.of('float32', [ratio], [])));
};

/** Its mask was a number once; since operator set 10 it is a bool. */
export const dropoutMask: Converter = ({ node, graph }) => {
  const mask = node.outputs[1];
  if (mask && (mask.uses.length > 0 || graph.outputs.includes(mask)))
    throw node.error('must not have a mask that is read to be upgraded, since its type changed');
};

/** Only inference has a form in newer operator sets that means the same. */
export const batchNormalizationInference: Converter = ({ node }) => {
  if (node.int('is_test', 0) !== 1)
    throw node.error('must be in inference mode (is_test=1) to be upgraded, is in training mode');
  node.attributes.delete('is_test');
};

export const batchNormalizationSpatial: Converter = ({ node }) => {
  if (node.int('spatial', 1) !== 1)
    throw node.error('must normalize per channel (spatial=1) to be upgraded, does per element');
  node.attributes.delete('spatial');
};

/** Statistics as outputs are a matter of training mode, which is an attribute since operator set 14. */
export const batchNormalizationOutputs: Converter = ({ node, graph }) => {
  const used = node.outputs
    .slice(1)
    .some((output) => output.uses.length > 0 || graph.outputs.includes(output));
  if (used || node.outputs.slice(1).some((output) => output.name))
    throw node.error('must have no outputs besides the first to be upgraded, since they mean training mode');
};

export const splitCount: Converter = ({ node }) => {
  if (!node.inputs[1]) node.attributes.set('num_outputs', toAttribute('num_outputs', node.outputs.length));
};

/** The default changed: regions were taken as they are, now half a pixel is taken off. */
export const roiAlignMode: Converter = ({ node }) => {
  const name = 'coordinate_transformation_mode';
  if (!node.attributes.has(name)) node.attributes.set(name, toAttribute(name, 'output_half_pixel'));
};

const gridModes: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

export const gridSampleMode: Converter = ({ node }) => {
  const mode = node.string('mode', 'bilinear');
  node.attributes.set('mode', toAttribute('mode', gridModes[mode] ?? mode));
};

export const dftAxis: Converter = (conversion) => {
  const { node } = conversion;
  const axis = node.int('axis', 1);
  node.attributes.delete('axis');
  node.setInput(2, constant(conversion, 'axis', Tensor.of('int64', [axis], [])));
};

/** Scale and bias were per group, now they are per channel: each is repeated for the channels of its group. */
export const groupNormalizationParameters: Converter = (conversion) => {
  const { node } = conversion;
  const channels = node.input(0).shape?.[1];
  const groups = node.int('num_groups', 1);
  if (typeof channels !== 'number')
    throw node.error('must have a known number of channels to be upgraded, has not');
  for (const index of [1, 2]) {
    const column = before(conversion, 'Reshape', [
      node.input(index),
      int64s(conversion, 'column', [groups, 1]),
    ]);
    const wide = before(conversion, 'Expand', [
      column,
      int64s(conversion, 'wide', [groups, channels / groups]),
    ]);
    node.setInput(index, before(conversion, 'Reshape', [wide, int64s(conversion, 'channels', [channels])]));
  }
};

export const rename =
  (opType: string): Converter =>
  ({ node }) => {
    node.opType = opType;
  };

export const refuse =
  (what: string): Converter =>
  ({ node }) => {
    throw node.error(`cannot be upgraded: ${what}`);
  };
