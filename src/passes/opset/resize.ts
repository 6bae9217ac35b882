import { type Node, Tensor, toAttribute } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { type Converter, constant } from './converter.ts';

/** Upsample's first form: a factor each for height and width. */
export const upsampleFactors: Converter = ({ node }) => {
  const [height, width] = [node.float('height_scale', 1), node.float('width_scale', 1)];
  node.attributes.delete('height_scale');
  node.attributes.delete('width_scale');
  if (!node.attributes.has('scales'))
    node.attributes.set('scales', { type: 'floats', value: [1, 1, height, width] });
};

/** The factors become an input. */
export const upsampleScales: Converter = (conversion) => {
  const { node } = conversion;
  const scales = node.attributes.get('scales');
  if (scales?.type !== 'floats') throw node.error("must have an attribute 'scales' of floats, has not");
  node.attributes.delete('scales');
  node.setInput(1, constant(conversion, 'scales', Tensor.of('float32', scales.value)));
};

/** Those that were Upsample: they never make anything smaller, also where their factors are not known here. */
const upsampled = new WeakSet<Node>();

export const upsampleToResize: Converter = ({ node }) => {
  node.opType = 'Resize';
  upsampled.add(node);
};

/**
 * Resize of operator set 10 takes pixels at i / scale: those after it where it makes smaller, those before it where it
 * makes larger, as onnxruntime does. Since 11 attributes say so, and the region of interest is input 1.
 */
export const resizeModes: Converter = ({ node }) => {
  const scales = node.input(1);
  const factors = upsampled.has(node) ? [] : constantOf(scales)?.toNumbers();
  node.setInput(1, undefined);
  node.setInput(2, scales);
  node.attributes.set('coordinate_transformation_mode', toAttribute('mode', 'asymmetric'));
  if (node.string('mode', 'nearest') !== 'nearest') return;
  const [smaller, larger] = [factors?.some((factor) => factor < 1), factors?.some((factor) => factor > 1)];
  if (!factors || (smaller && larger))
    throw node.error('must have constant scales that are all at least 1 or all at most 1 to be upgraded');
  node.attributes.set('nearest_mode', toAttribute('nearest_mode', smaller ? 'ceil' : 'floor'));
};
