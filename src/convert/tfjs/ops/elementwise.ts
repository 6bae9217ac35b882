import { dtypeCode } from '../../../ir/index.ts';
import {
  activations,
  binary,
  cast,
  clip,
  elementwise,
  leakyRelu,
  type Operand,
  reciprocalRoot,
  squaredDifference,
  unary,
} from '../../channels-last/index.ts';
import type { Call, Mapping, OpTable } from '../graph-node.ts';

const binaryAs =
  (opType: string): Mapping =>
  (call) =>
    binary(call.w, opType, call.pair());

const unaryAs =
  (opType: string): Mapping =>
  (call) =>
    unary(call.w, opType, call.input(0));

const elementwiseAs =
  (opType: string): Mapping =>
  (call) =>
    elementwise(call.w, opType, { inputs: call.inputs });

const same: Mapping = (call) => call.input(0);

/** Activations without parameters, under their own names. */
const activationOps: OpTable = Object.fromEntries(
  ['Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus'].map((name): [string, Mapping] => [
    name,
    (call) => activations[name]!(call.w, call.input(0)),
  ]),
);

/** Arithmetic, comparisons, logic, activations, and operators that change nothing. */
export const elementwiseOps: OpTable = {
  ...activationOps,
  Add: binaryAs('Add'),
  AddV2: binaryAs('Add'),
  BiasAdd: binaryAs('Add'),
  Sub: binaryAs('Sub'),
  Mul: binaryAs('Mul'),
  RealDiv: binaryAs('Div'),
  Div: binaryAs('Div'),
  FloorDiv: (call) => floorDiv(call),
  Maximum: binaryAs('Max'),
  Minimum: binaryAs('Min'),
  Pow: binaryAs('Pow'),
  SquaredDifference: (call) => squaredDifference(call.w, call.pair()),
  AddN: elementwiseAs('Sum'),
  Greater: elementwiseAs('Greater'),
  GreaterEqual: elementwiseAs('GreaterOrEqual'),
  Less: elementwiseAs('Less'),
  LessEqual: elementwiseAs('LessOrEqual'),
  Equal: elementwiseAs('Equal'),
  NotEqual: (call) => unary(call.w, 'Not', elementwise(call.w, 'Equal', { inputs: call.inputs })),
  LogicalAnd: elementwiseAs('And'),
  LogicalOr: elementwiseAs('Or'),
  LogicalNot: unaryAs('Not'),
  Select: elementwiseAs('Where'),
  SelectV2: elementwiseAs('Where'),
  Abs: unaryAs('Abs'),
  Neg: unaryAs('Neg'),
  Exp: unaryAs('Exp'),
  Log: unaryAs('Log'),
  Sqrt: unaryAs('Sqrt'),
  Rsqrt: (call) => reciprocalRoot(call.w, call.input(0)),
  Square: (call) => binary(call.w, 'Mul', [call.input(0), call.input(0)]),
  Reciprocal: unaryAs('Reciprocal'),
  Floor: unaryAs('Floor'),
  Ceil: unaryAs('Ceil'),
  Round: unaryAs('Round'),
  Sign: unaryAs('Sign'),
  Sin: unaryAs('Sin'),
  Cos: unaryAs('Cos'),
  Erf: unaryAs('Erf'),
  LeakyRelu: (call) => leakyRelu(call.w, call.input(0), call.attributes.float('alpha', 0.2)),
  Prelu: (call) => elementwise(call.w, 'PRelu', { inputs: call.pair(), sameType: true }),
  ClipByValue: (call) => clipBetween(call),
  Cast: (call) => cast(call.w, call.input(0), call.attributes.dtype('DstT')),
  Identity: same,
  StopGradient: same,
  Snapshot: same,
};

/** Integers go through float64, in which their quotients are exact enough to round down. */
function floorDiv(call: Call): Operand {
  const { w } = call;
  const [a, b] = call.pair();
  if (a.dtype === 'float32') return unary(w, 'Floor', binary(w, 'Div', [a, b]));
  const wide = [a, b].map((x) => cast(w, x, 'float64'));
  const quotient = unary(w, 'Floor', elementwise(w, 'Div', { inputs: wide }));
  const sizes = binary(w, 'Div', [a, b]);
  return sizes.constant ? sizes : unary(w, 'Cast', quotient, { attributes: { to: dtypeCode('int32') } });
}

function clipBetween(call: Call): Operand {
  const bounds = [call.input(1), call.input(2)].map((x) => x.constant?.toNumbers());
  const [low, high] = bounds;
  if (low?.length === 1 && high?.length === 1)
    return clip(call.w, call.input(0), { low: low[0]!, high: high[0]! });
  const above = binary(call.w, 'Max', [call.input(0), call.input(1)]);
  return binary(call.w, 'Min', [above, call.input(2)]);
}
