import type { Dataset } from '../data/index.ts';
import { ModelError } from '../errors.ts';
import { type Dim, dimsAgree, formatShape, product, Tensor } from '../ir/index.ts';
import type { InferenceSession, Port } from '../runtime/index.ts';

export interface ClassifierPorts {
  readonly input: string;
  readonly output: string;
  /** Undefined if the model takes any number of samples. */
  readonly batch: number | undefined;
}

/** Finds where samples go in and class scores come out. Throws ModelError if they do not fit the data set. */
export function classifierPorts(session: InferenceSession, dataset: Dataset): ClassifierPorts {
  const [input, ...more] = session.inputs;
  const [output] = session.outputs;
  if (!input || !output || more.length)
    throw new ModelError(
      `A classifier must have one input and an output, this model has inputs ${session.inputNames.join(', ') || 'none'} and outputs ${session.outputNames.join(', ') || 'none'}`,
    );
  checkPort(input, 'Input', {
    wanted: ['batch', ...dataset.sampleShape],
    what: `samples of ${dataset.name}`,
  });
  const classes = dataset.classNames.length;
  checkPort(output, 'Output', { wanted: ['batch', classes], what: `the classes of ${dataset.name}` });
  const [batch] = input.shape;
  return { input: input.name, output: output.name, batch: typeof batch === 'number' ? batch : undefined };
}

function checkPort(
  { name, dtype, shape }: Port,
  role: string,
  { wanted, what }: { wanted: readonly Dim[]; what: string },
): void {
  const fits = shape.length === wanted.length && shape.every((dim, i) => dimsAgree(dim, wanted[i]!));
  if (fits && dtype === 'float32') return;
  throw new ModelError(
    `${role} '${name}' must be float32 ${formatShape(wanted)} for ${what}, is ${dtype} ${formatShape(shape)}`,
    { value: name },
  );
}

/** Fills a batch up to `size` samples with zeros. */
export function padBatch(images: Tensor<'float32'>, size: number): Tensor<'float32'> {
  if (images.shape[0] === size) return images;
  const shape = [size, ...images.shape.slice(1)];
  const data = new Float32Array(product(shape));
  data.set(images.data);
  return Tensor.of('float32', data, shape);
}
