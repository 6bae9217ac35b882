import type { GraphBuilder, Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { requireActivations } from './recurrent-activations.ts';
import { type CellGradients, type Direction, range, recurrentProduct } from './recurrent-grad.ts';
import { scanSteps } from './scan-steps.ts';

/** The gates of all steps, and what the reset gate multiplies: the state's product, or the state itself. */
interface Gates {
  readonly update: Value;
  readonly reset: Value;
  readonly candidate: Value;
  readonly resets: Value;
}

/**
 * Back through the steps of a GRU (Cho et al., 2014): h = (1 - update) candidate + update h. The reset gate multiplies
 * the state before, or with linear_before_reset=1 after, its product with R.
 */
export function gruGrad(direction: Direction): CellGradients {
  requireActivations(direction.node, ['Sigmoid', 'Tanh']);
  const { g, node, before, dAfter, dLast, reverse } = direction;
  const linear = node.int('linear_before_reset', 0) === 1;
  const gates = linear ? gatesOfLinear(direction) : gatesOfReset(direction);
  const { update, reset, candidate, resets } = gates;
  const [gateRows, candidateRows] = rowsOf(direction);
  const walk = scanSteps(g, {
    states: [dLast],
    slices: [dAfter, update, reset, candidate, before, resets],
    backwards: !reverse,
    body(b, [dh], [dy, z, r, c, h, factor]) {
      const { add, sub, mul, square } = arithmetic(b);
      const dState = add(dy!, dh!);
      const dCandidate = mul(mul(dState, sub(1, z!)), sub(1, square(c!)));
      const dUpdate = mul(mul(dState, sub(h!, c!)), mul(z!, sub(1, z!)));
      const reached = mul(dCandidate, r!);
      const dProduct = linear ? reached : b.op('MatMul', [dCandidate, candidateRows]);
      const dReset = mul(mul(linear ? dCandidate : dProduct, factor!), mul(r!, sub(1, r!)));
      const dGates = b.op('Concat', [dUpdate, dReset], { axis: 1 });
      const through = linear ? b.op('MatMul', [dProduct, candidateRows]) : mul(dProduct, r!);
      const dBefore = add(add(mul(dState, z!), through), b.op('MatMul', [dGates, gateRows]));
      return { states: [dBefore], stacked: [dGates, dCandidate, ...(linear ? [dProduct] : [])] };
    },
  });
  const [dGates, dCandidate, dProduct] = walk.stacked as [Value, Value, Value | undefined];
  const last = dProduct
    ? { d: dProduct, states: before }
    : { d: dCandidate, states: g.op('Mul', [reset, before]) };
  return {
    dInput: g.op('Concat', [dGates, dCandidate], { axis: 2 }),
    rows: [{ d: dGates, states: before }, last],
    dFirst: walk.states[0]!,
  };
}

/** R's rows of both gates, and those of the candidate. */
function rowsOf({ g, recurrence, hidden }: Direction): [Value, Value] {
  const rows = (start: number, end: number): Value =>
    range(g, recurrence, { axis: 0, start: start * hidden, end: end * hidden });
  return [rows(0, 2), rows(2, 3)];
}

const third = (g: GraphBuilder, value: Value, { i, hidden }: { i: number; hidden: number }): Value =>
  range(g, value, { axis: 2, start: i * hidden, end: (i + 1) * hidden });

function gatesOfLinear(direction: Direction): Gates {
  const { g, fromInput, hidden } = direction;
  const { add, mul, sigmoid, tanh } = arithmetic(g);
  const product = recurrentProduct(direction);
  const sum = (i: number): Value => add(third(g, fromInput, { i, hidden }), third(g, product, { i, hidden }));
  const reset = sigmoid(sum(1));
  const resets = third(g, product, { i: 2, hidden });
  const candidate = tanh(add(third(g, fromInput, { i: 2, hidden }), mul(reset, resets)));
  return { update: sigmoid(sum(0)), reset, candidate, resets };
}

function gatesOfReset(direction: Direction): Gates {
  const { g, fromInput, hidden, before, recurrenceBias } = direction;
  const { add, mul, sigmoid, tanh } = arithmetic(g);
  const product = recurrentProduct(direction);
  const sum = (i: number): Value => add(third(g, fromInput, { i, hidden }), third(g, product, { i, hidden }));
  const reset = sigmoid(sum(1));
  const [, candidateRows] = rowsOf(direction);
  const transposed = g.op('Transpose', [candidateRows], { perm: [1, 0] });
  const bias = range(g, recurrenceBias, { axis: 0, start: 2 * hidden, end: 3 * hidden });
  const fromState = add(g.op('MatMul', [mul(reset, before), transposed]), bias);
  const candidate = tanh(add(third(g, fromInput, { i: 2, hidden }), fromState));
  return { update: sigmoid(sum(0)), reset, candidate, resets: before };
}
