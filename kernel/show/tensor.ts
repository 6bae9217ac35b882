import { printTensor } from '../../src/ir/print-tensor.ts';
import { formatShape } from '../../src/ir/shape.ts';
import type { Tensor } from '../../src/ir/tensor.ts';
import type { MimeBundle } from '../../src/report.ts';
import { matrix } from './matrix.ts';
import { summarize } from './number-summary.ts';
import { picture } from './picture.ts';
import { firstElements, shortNumber } from './statistics.ts';
import { tensorValues } from './tensor-values.ts';

/** Tensors of at most so many elements are shown with them, the others by figures. */
const smallSize = 16;

/** A tensor's dtype, shape and figures; a small one's elements; one like an image as a picture too. */
export function render(tensor: Tensor): MimeBundle {
  const { dtype, shape, size } = tensor;
  const title = `Tensor ${dtype} ${formatShape(shape)}`;
  const values = tensorValues(tensor);
  if (!values) return { 'text/plain': `${title}, ${printTensor(tensor)}` };
  if (shape.length === 0) return { 'text/plain': `${title} ${shortNumber(values[0]!)}` };
  const table = matrix(title, shape, values);
  if (table) return table;
  if (size <= smallSize) return { 'text/plain': `${title}\n${firstElements(values, smallSize)}` };
  const summary = summarize({ title, facts: { elements: size.toLocaleString('en-US') }, values });
  const image = picture(tensor);
  if (!image) return summary;
  const source = `data:image/png;base64,${Buffer.from(image).toString('base64')}`;
  const style = 'image-rendering:pixelated;max-width:100%';
  return {
    'text/html': `${summary['text/html']}\n<img alt="${title}" style="${style}" src="${source}">`,
    'image/png': image,
    'text/plain': summary['text/plain'],
  };
}
