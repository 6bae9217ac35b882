import {
  type AttributeInput,
  type Dim,
  type DType,
  Graph,
  Model,
  Node,
  product,
  type Shape,
  Tensor,
  type TensorType,
  toAttribute,
  Value,
} from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { InferenceSession } from '../../src/runtime/index.ts';

/** An input that is fed: data of this dtype and shape. */
export interface Fed {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** One call of an operator: a bare shape is fed as float32, a tensor is a constant, undefined is left out. */
export interface OpCase {
  readonly op: string;
  /** Default: ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly (readonly number[] | Fed | Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
  /** Number of outputs, default 1. */
  readonly outputs?: number;
  /** Default 21. */
  readonly opset?: number;
  /** Sizes follow from elements, so that they cannot be inferred. */
  readonly dataDependent?: true;
}

export const fed = (dtype: DType, ...shape: number[]): Fed => ({ dtype, shape });
export const ints = (...values: number[]): Tensor => Tensor.of('int64', values);
export const scalar = (dtype: DType, value: number): Tensor => Tensor.of(dtype, [value], []);

/** How the inputs of a case enter the model. */
export interface Form {
  /** What is declared for dimension `axis`, of size `size`, of input `index`; default: its size. */
  dim?(size: number, axis: number, index: number): Dim;
  /** Declares no shape at all for fed inputs. */
  readonly unranked?: boolean;
  /** How constants are given: initializers by default. */
  readonly constants?: 'initializer' | 'node' | 'fed';
}

export function oneNode(test: OpCase, form: Form = {}): { node: Node; model: Model } {
  const graph = new Graph('one-node');
  const inputs = test.inputs.map((input, index) => input && addInput(graph, { input, index, form }));
  const outputs = Array.from({ length: test.outputs ?? 1 }, (_, i) => new Value(`y${i}`));
  const attributes = new Map(
    Object.entries(test.attributes ?? {}).map(([name, value]) => [name, toAttribute(name, value)]),
  );
  const { op: opType, domain = '' } = test;
  const node = new Node({ opType, domain, name: 'node', inputs, outputs, attributes });
  graph.insert(node);
  graph.outputs.push(...outputs);
  const model = new Model(graph, test.opset);
  if (domain) model.opsets.set(domain, 1);
  return { node, model };
}

type Input = NonNullable<OpCase['inputs'][number]>;

function addInput(graph: Graph, { input, index, form }: { input: Input; index: number; form: Form }): Value {
  const name = `x${index}`;
  if (input instanceof Tensor && form.constants !== 'fed') return addConstant(graph, name, { input, form });
  const { dtype, shape } = typed(input);
  const declared: Shape = shape.map((size, axis) => form.dim?.(size, axis, index) ?? size);
  // An operand that tells sizes keeps its own length: only its values are unknown.
  const type: TensorType = { dtype, shape: input instanceof Tensor ? shape : declared };
  const value = new Value(name, form.unranked ? { dtype, shape: undefined } : type);
  graph.inputs.push(value);
  return value;
}

function addConstant(graph: Graph, name: string, { input, form }: { input: Tensor; form: Form }): Value {
  if (form.constants !== 'node') return graph.addInitializer(new Value(name, undefined, input));
  const output = new Value(name, { dtype: input.dtype, shape: input.shape });
  const attributes = new Map([['value', toAttribute('value', input)]]);
  graph.insert(new Node({ opType: 'Constant', inputs: [], outputs: [output], attributes }));
  return output;
}

const typed = (input: Input): Fed => (Array.isArray(input) ? fed('float32', ...input) : (input as Fed));

/** The types of the outputs that onnxruntime gives. Throws ModelError if it refuses the node. */
export async function runOneNode(test: OpCase): Promise<TensorType[]> {
  const { model } = oneNode(test);
  const session = await InferenceSession.create(writeModel(model), { threads: 1 });
  try {
    const results = await session.run(Object.fromEntries(model.graph.feeds.map((v) => [v.name, sample(v)])));
    return model.graph.outputs.map(({ name }) => {
      const { dtype, shape } = results[name]!;
      return { dtype, shape: [...shape] };
    });
  } finally {
    await session.release();
  }
}

/** Ones for floats, zeros for integers, which are valid indices of everything. */
function sample({ dtype, shape }: Value): Tensor {
  const sizes = shape as readonly number[];
  const fill = dtype === 'float32' || dtype === 'float64' ? 1 : 0;
  return Tensor.of(dtype!, Array<number>(product(sizes)).fill(fill), sizes);
}
