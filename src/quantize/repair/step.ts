import { isStatic, type Node, product, type Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';

/** Where the channels of a layer are in a value: channel = floor(index along axis / inner). */
export interface Place {
  readonly axis: number;
  readonly inner: number;
}

/** An operator between two layers that commutes with positive factors of the channels. */
export interface StepRule {
  /** Where the channels are in the output; undefined if the node mixes them or does not commute. */
  move(node: Node, place: Place): Place | undefined;
  /** Whether a number added to a channel (whose values stay positive) comes out as it went in. Absent: it does. */
  shifts?(node: Node): boolean;
}

const keeps: StepRule = {
  move: (node, place) => {
    const [before, after] = [node.input(0).shape, node.output().shape];
    const same = before?.length === after?.length && before?.[place.axis] === after?.[place.axis];
    return same ? place : undefined;
  },
};

/** Operators that pass positive factors of channels through. Clip, Add and Sub have rules of their own, in chain.ts. */
export const steps: Readonly<Record<string, StepRule | undefined>> = {
  Relu: keeps,
  LeakyRelu: keeps,
  PRelu: { move: (node, place) => (constantOf(node.inputs[1]) ? keeps.move(node, place) : undefined) },
  Identity: keeps,
  Dropout: { move: (node, place) => (isTraining(node) ? undefined : keeps.move(node, place)) },
  MaxPool: keeps,
  GlobalMaxPool: keeps,
  GlobalAveragePool: keeps,
  AveragePool: {
    ...keeps,
    shifts: (node) => node.int('count_include_pad', 0) === 0 || !node.ints('pads')?.some((pad) => pad !== 0),
  },
  Pad: {
    move: (node, place) => (padsZeros(node) ? keeps.move(node, place) : undefined),
    shifts: () => false,
  },
  Resize: { move: (node, place) => (extrapolates(node) ? undefined : keeps.move(node, place)) },
  Upsample: keeps,
  Mul: { move: multiplies, shifts: () => false },
  Div: {
    move: (node, place) => (constantOf(node.input(0)) ? undefined : multiplies(node, place)),
    shifts: () => false,
  },
  Flatten: { move: flattens },
  Reshape: { move: reshapes },
  Squeeze: { move: drops },
  Unsqueeze: { move: (node, place) => unsqueezes(node, place) },
  Transpose: { move: transposes },
  ReduceMean: { move: drops },
  ReduceMax: { move: drops },
};

const isTraining = (node: Node): boolean =>
  node.inputs[2] !== undefined && constantOf(node.inputs[2])?.toNumbers()[0] !== 0;

function padsZeros(node: Node): boolean {
  if (node.string('mode', 'constant') !== 'constant') return true;
  const value = node.inputs[2];
  return value ? constantOf(value)?.toNumbers()[0] === 0 : node.float('value', 0) === 0;
}

const extrapolates = (node: Node): boolean =>
  node.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize';

/** By a constant that does not widen the value. */
function multiplies(node: Node, place: Place): Place | undefined {
  const data = node.inputs.find((value) => value && !constantOf(value));
  const isConstant = node.inputs.some((value) => constantOf(value));
  const [before, after] = [data?.shape, node.output().shape];
  const same = before?.length === after?.length && before?.[place.axis] === after?.[place.axis];
  return isConstant && same ? place : undefined;
}

function flattens(node: Node, { axis, inner }: Place): Place | undefined {
  const shape = node.input(0).shape!;
  const start = node.int('axis', 1);
  const rest = shape.slice(axis + 1);
  if ((start + shape.length) % shape.length !== axis || !isStatic(rest)) return undefined;
  return { axis: 1, inner: inner * product(rest) };
}

/** Elements keep their order: channels stay together if as many elements as before follow them. */
function reshapes(node: Node, { axis, inner }: Place): Place | undefined {
  const [before, after] = [node.input(0).shape, node.output().shape];
  const [rest, size] = [before?.slice(axis + 1), before?.[axis]];
  if (!after || !isStatic(rest) || typeof size !== 'number') return undefined;
  const following = product(rest);
  for (let at = after.length - 1, behind = 1; at >= 0; at--) {
    const dim = after[at];
    if (typeof dim !== 'number') return undefined;
    if (behind === following && dim === size) return { axis: at, inner };
    if (behind === 1 && dim === size * following) return { axis: at, inner: inner * following };
    behind *= dim;
  }
  return undefined;
}

function transposes(node: Node, { axis, inner }: Place): Place {
  const rank = node.input(0).shape!.length;
  const permutation = node.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return { axis: permutation.indexOf(axis), inner };
}

/** Axes that an attribute (older operator sets) or a constant input names; undefined if they are computed. */
function axesOf(node: Node, rank: number): number[] | undefined {
  const input: Value | undefined = node.inputs[1];
  const axes = input ? constantOf(input)?.toNumbers() : node.ints('axes');
  return axes?.map((axis) => (axis + rank) % rank);
}

/** Squeeze, and reductions over other axes than that of the channels. */
function drops(node: Node, { axis, inner }: Place): Place | undefined {
  const axes = axesOf(node, node.input(0).shape!.length);
  if (!axes || axes.length === 0 || axes.includes(axis)) return undefined;
  const keepsRank = node.opType !== 'Squeeze' && node.int('keepdims', 1) === 1;
  return { axis: keepsRank ? axis : axis - axes.filter((one) => one < axis).length, inner };
}

function unsqueezes(node: Node, { axis, inner }: Place): Place | undefined {
  const rank = node.output().shape?.length;
  const axes = rank && axesOf(node, rank);
  if (!axes) return undefined;
  const kept = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
  return { axis: kept[axis]!, inner };
}
