import { Tensor } from '../../../ir/index.ts';
import {
  activations,
  binary,
  cast,
  elementwise,
  leakyRelu,
  madeConstant,
  type Operand,
  reciprocalRoot,
  reduce,
  squaredDifference,
  unary,
} from '../../channels-last/index.ts';
import { type Call, fused, type Mapping, type OpTable } from '../call.ts';
import { dtypeOf } from '../tensor-types.ts';

const binaryAs =
  (opType: string): Mapping =>
  (call) =>
    fused(call, binary(call.w, opType, call.pair()));

const unaryAs =
  (opType: string): Mapping =>
  (call) =>
    unary(call.w, opType, call.input(0));

const elementwiseAs =
  (opType: string): Mapping =>
  (call) =>
    elementwise(call.w, opType, { inputs: call.all() });

const activationAs =
  (name: string): Mapping =>
  (call) =>
    activations[name]!(call.w, call.input(0));

/** Arithmetic, comparisons, logic, activations, changes of type. */
export const elementwiseOps: OpTable = {
  ADD: binaryAs('Add'),
  SUB: binaryAs('Sub'),
  MUL: binaryAs('Mul'),
  DIV: binaryAs('Div'),
  MAXIMUM: binaryAs('Max'),
  MINIMUM: binaryAs('Min'),
  POW: binaryAs('Pow'),
  SQUARED_DIFFERENCE: (call) => squaredDifference(call.w, call.pair()),
  ADD_N: elementwiseAs('Sum'),
  GREATER: elementwiseAs('Greater'),
  GREATER_EQUAL: elementwiseAs('GreaterOrEqual'),
  LESS: elementwiseAs('Less'),
  LESS_EQUAL: elementwiseAs('LessOrEqual'),
  EQUAL: elementwiseAs('Equal'),
  NOT_EQUAL: (call) => unary(call.w, 'Not', elementwise(call.w, 'Equal', { inputs: call.all() })),
  LOGICAL_AND: elementwiseAs('And'),
  LOGICAL_OR: elementwiseAs('Or'),
  LOGICAL_NOT: unaryAs('Not'),
  SELECT: elementwiseAs('Where'),
  SELECT_V2: elementwiseAs('Where'),
  ABS: unaryAs('Abs'),
  NEG: unaryAs('Neg'),
  EXP: unaryAs('Exp'),
  LOG: unaryAs('Log'),
  SQRT: unaryAs('Sqrt'),
  RSQRT: (call) => reciprocalRoot(call.w, call.input(0)),
  SQUARE: (call) => binary(call.w, 'Mul', [call.input(0), call.input(0)]),
  FLOOR: unaryAs('Floor'),
  CEIL: unaryAs('Ceil'),
  ROUND: unaryAs('Round'),
  SIN: unaryAs('Sin'),
  COS: unaryAs('Cos'),
  SIGN: unaryAs('Sign'),
  RELU: activationAs('Relu'),
  RELU6: activationAs('Relu6'),
  RELU_N1_TO_1: activationAs('ReluN1To1'),
  RELU_0_TO_1: activationAs('Relu0To1'),
  LOGISTIC: activationAs('Sigmoid'),
  TANH: activationAs('Tanh'),
  ELU: activationAs('Elu'),
  HARD_SWISH: activationAs('HardSwish'),
  GELU: (call) =>
    unary(call.w, 'Gelu', call.input(0), {
      attributes: { approximate: call.bool('approximate') ? 'tanh' : 'none' },
    }),
  LEAKY_RELU: (call) => leakyRelu(call.w, call.input(0), call.int('alpha')),
  PRELU: (call) => elementwise(call.w, 'PRelu', { inputs: call.pair(), sameType: true }),
  L2_NORMALIZATION: (call) => fused(call, normalized(call)),
  CAST: (call) => cast(call.w, call.input(0), dtypeOf(call.output().type, call.output().name)),
  // Quantization is what the reader puts behind every tensor that has one.
  QUANTIZE: (call) => call.input(0),
  DEQUANTIZE: (call) => call.input(0),
  // Sparse constants are dense from the start.
  DENSIFY: (call) => call.input(0),
};

/** x / sqrt(max(sum of x^2 along the last axis, 1e-6)) */
function normalized({ w, ...call }: Call): Operand {
  const x = call.inputs[0]!;
  const squares = binary(w, 'Mul', [x, x]);
  const sum = reduce(w, 'ReduceSum', { x: squares, axes: [-1], keep: true });
  const least = madeConstant(w, Tensor.scalar('float32', 1e-6));
  const length = unary(w, 'Sqrt', binary(w, 'Max', [sum, least]));
  return binary(w, 'Div', [x, length]);
}
