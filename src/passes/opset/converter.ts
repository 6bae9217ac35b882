import { type DType, dtypeCode, type Graph, Node, Tensor, toAttribute, Value } from '../../ir/index.ts';
import type { Rewriting } from '../pass.ts';

/** A node that is written for one operator set and is to be written for the next. */
export interface Conversion {
  readonly node: Node;
  readonly graph: Graph;
  readonly rewriting: Rewriting;
}

/** Rewrites a node for the next operator set. Throws ModelError if that cannot say what the node does. */
export type Converter = (conversion: Conversion) => void;

/** Adds a node before the one that is converted, and returns its output. */
export function before(
  { node, graph, rewriting }: Conversion,
  opType: string,
  inputs: readonly Value[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Value {
  const name = rewriting.uniqueName(`${node.output().name}_${opType}`);
  const list = new Map(Object.entries(attributes).map(([key, value]) => [key, toAttribute(key, value)]));
  const output = new Value(name);
  graph.insert(new Node({ opType, name, inputs, outputs: [output], attributes: list }), node);
  return output;
}

/** A new constant for the node. */
export const constant = ({ node, graph, rewriting }: Conversion, name: string, tensor: Tensor): Value =>
  rewriting.constant(graph, `${node.output().name}_${name}`, tensor);

export const int64s = (conversion: Conversion, name: string, numbers: readonly number[]): Value =>
  constant(conversion, name, Tensor.of('int64', numbers));

/** A float scalar of the type that input 0 has. Throws ModelError if that is not known. */
export function scalarLikeInput(conversion: Conversion, name: string, value: number): Value {
  const dtype = conversion.node.input(0).dtype;
  if (!dtype)
    throw conversion.node.error('must have an input of a known element type to be upgraded, has not');
  const direct: readonly DType[] = ['float32', 'float64'];
  if (direct.includes(dtype)) return constant(conversion, name, Tensor.of(dtype, [value], []));
  const wide = constant(conversion, name, Tensor.of('float32', [value], []));
  return before(conversion, 'Cast', [wide], { to: dtypeCode(dtype) });
}

/** Moves a list of integers from an attribute to an input; where there is none the input stays left out. */
export const intsToInput =
  (name: string, index: number): Converter =>
  (conversion) => {
    const { node } = conversion;
    const numbers = node.ints(name);
    node.attributes.delete(name);
    if (numbers) node.setInput(index, int64s(conversion, name, numbers));
  };

export const all =
  (...converters: readonly Converter[]): Converter =>
  (conversion) => {
    for (const convert of converters) convert(conversion);
  };

/** An attribute that says nothing more. */
export const drop =
  (...names: readonly string[]): Converter =>
  ({ node }) => {
    for (const name of names) node.attributes.delete(name);
  };
