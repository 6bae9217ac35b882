import { ModelError, UsageError } from '../errors.ts';
import { type Model, type Node, product, Tensor, Value } from '../ir/index.ts';
import { annotateTypes, opOf } from '../ops/index.ts';
import { constantsToInitializers } from '../passes/index.ts';
import { random } from '../random.ts';

/**
 * A copy of a classifier whose last layer (Gemm, MatMul or Conv, with its bias) tells `classes` classes apart. The new
 * weights are drawn from a normal distribution of variance 1 / fan-in (LeCun et al. 1998, "Efficient BackProp"), the
 * biases are 0. Throws UsageError for a number of classes that is none, ModelError if no last layer is found.
 */
export function replaceHead(model: Model, classes: number, { seed = 0 } = {}): Model {
  if (!Number.isInteger(classes) || classes < 1)
    throw new UsageError(`'classes' must be a whole number of 1 or more, was ${classes}`);
  const copy = constantsToInitializers(model);
  const { head, tail } = lastLayer(copy);
  const rule = opOf(head)?.quantize;
  if (rule?.kind !== 'weighted') throw head.error('is no layer with weights');
  const axis = rule.axis(head);
  const before = head.input(rule.weight).shape?.[axis] as number;
  const resized = (shape: readonly number[]): number[] =>
    shape.map((size, i) => (i === axis ? classes : size));
  const weight = head.input(rule.weight).tensor!;
  replaceConstant(copy, head, { index: rule.weight, tensor: freshWeight(resized(weight.shape), axis, seed) });
  const bias = rule.bias === undefined ? undefined : head.inputs[rule.bias]?.tensor;
  if (bias)
    replaceConstant(copy, head, { index: rule.bias!, tensor: zeros(bias.shape, { before, classes }) });
  for (const node of tail) resizeConstants(copy, node, { before, classes });
  annotateTypes(copy.graph);
  return copy;
}

/** Operators between the last layer and the output that keep the order of the classes. */
const passing = new Set(
  'Softmax LogSoftmax Sigmoid Flatten Reshape Squeeze Unsqueeze Identity Add GlobalAveragePool AveragePool ReduceMean Transpose'.split(
    ' ',
  ),
);

/** The node with the last weights, and those behind it. */
function lastLayer({ graph }: Model): { head: Node; tail: Node[] } {
  const tail: Node[] = [];
  let node = graph.outputs[0]?.producer;
  while (node) {
    const rule = opOf(node)?.quantize;
    if (rule?.kind === 'weighted' && node.inputs[rule.weight]?.tensor) {
      if (node.opType === 'Conv' && node.int('group', 1) !== 1)
        throw node.error('is the last layer and has groups: its classes cannot be replaced');
      return { head: node, tail };
    }
    const data = node.inputs.filter((value) => value && !value.tensor);
    if (!passing.has(node.opType) || data.length !== 1) break;
    tail.push(node);
    node = data[0]!.producer;
  }
  throw new ModelError(
    `The head can be replaced where a model ends in a Gemm, MatMul or Conv with constant weights, this one ends in ${node?.label ?? 'its input'}`,
    node && { op: node.opType, node: node.name },
  );
}

interface Resize {
  readonly before: number;
  readonly classes: number;
}

/** Biases get zeros, shapes the new number of classes. */
function resizeConstants(model: Model, node: Node, resize: Resize): void {
  for (const [index, value] of node.inputs.entries()) {
    const tensor = value?.tensor;
    if (!tensor) continue;
    if (node.opType === 'Add' && tensor.dtype === 'float32' && tensor.size === resize.before)
      replaceConstant(model, node, { index, tensor: zeros(tensor.shape, resize) });
    if (node.opType === 'Reshape') {
      const shape = tensor.toNumbers().map((dim) => (dim === resize.before ? resize.classes : dim));
      replaceConstant(model, node, { index, tensor: Tensor.of('int64', shape) });
    }
  }
}

const zeros = (shape: readonly number[], { before, classes }: Resize): Tensor => {
  const resized = shape.map((dim) => (dim === before ? classes : dim));
  return Tensor.of('float32', new Float32Array(product(resized)), resized);
};

function freshWeight(shape: readonly number[], axis: number, seed: number): Tensor {
  const size = product(shape);
  const deviation = Math.sqrt(shape[axis]! / size);
  const source = random(seed);
  return Tensor.of(
    'float32',
    Float32Array.from({ length: size }, () => source.normal() * deviation),
    shape,
  );
}

/** Gives a node a constant of its own, under the old name if nobody else reads the old one. */
function replaceConstant(
  { graph }: Model,
  node: Node,
  { index, tensor }: { index: number; tensor: Tensor },
): void {
  const old = node.input(index);
  node.setInput(index, undefined);
  if (old.uses.length === 0 && !graph.outputs.includes(old)) {
    graph.initializers.delete(old.name);
    const at = graph.inputs.indexOf(old);
    if (at >= 0) graph.inputs.splice(at, 1);
  }
  node.setInput(index, graph.addInitializer(new Value(graph.uniqueName(old.name), undefined, tensor)));
}
