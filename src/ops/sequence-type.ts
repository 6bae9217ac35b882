import type { DType, Node, Shape, TensorType, Value } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { joinShapes } from './dims.ts';
import { attributeDtype } from './dtype-attribute.ts';
import { operandInput } from './operand.ts';

/** What a sequence is to inference: its value has no type that the IR has words for. */
export const sequence: TensorType = { dtype: undefined, shape: undefined };

/** The type that all elements of a sequence share, as far as the nodes that made it tell. */
export function elementType(value: Value | undefined): TensorType {
  const { dtype, shapes } = elementsOf(value);
  const [first, ...rest] = shapes;
  return { dtype, shape: rest.reduce((a, b) => joinShapes(a, b), first) };
}

/** Shapes that elements may have: none for an empty sequence, undefined for an unknown one. */
interface Elements {
  readonly dtype: DType | undefined;
  readonly shapes: readonly (Shape | undefined)[];
}

const unknown: Elements = { dtype: undefined, shapes: [undefined] };

/** By operator: the elements of the sequence that a node makes. */
const makers: Readonly<Record<string, (node: Node, output: number) => Elements>> = {
  SequenceEmpty: (node) => ({ dtype: attributeDtype(node, 'dtype', 'float32'), shapes: [] }),
  SequenceConstruct: (node) => ({
    dtype: node.inputs[0]?.dtype,
    shapes: node.inputs.map((value) => value?.shape),
  }),
  SequenceInsert(node) {
    const { dtype, shapes } = elementsOf(node.inputs[0]);
    const added = node.input(1);
    return { dtype: dtype ?? added.dtype, shapes: [...shapes, added.shape] };
  },
  SequenceErase: (node) => elementsOf(node.inputs[0]),
  Identity: (node) => elementsOf(node.inputs[0]),
  SplitToSequence: (node) => ({ dtype: node.input(0).dtype, shapes: [splitShape(node)] }),
  SequenceMap(node, output) {
    const made = node.graph('body')?.outputs[output];
    return { dtype: made?.dtype, shapes: [made?.shape] };
  },
};

function elementsOf(value: Value | undefined): Elements {
  const node = value?.producer;
  const maker = node?.domain === '' ? makers[node.opType] : undefined;
  return node && maker ? maker(node, node.outputs.indexOf(value!)) : unknown;
}

/** Shape of the parts of a SplitToSequence: the axis has size 1, or what one number in input 1 says if it divides it. */
function splitShape(node: Node): Shape | undefined {
  const { shape } = node.input(0);
  if (!shape) return undefined;
  const axis = normalizeAxis(node, node.int('axis', 0), shape.length);
  if (!node.inputs[1])
    return node.int('keepdims', 1) ? shape.with(axis, 1) : shape.filter((_, i) => i !== axis);
  const sizes = operandInput(node, 1);
  const dim = shape[axis];
  const equal = sizes && sizes !== 'dynamic' && sizes.length === 1 && typeof dim === 'number';
  return shape.with(axis, equal && dim % sizes[0]! === 0 ? sizes[0]! : null);
}
