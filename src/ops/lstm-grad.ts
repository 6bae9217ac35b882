import type { Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { requireActivations } from './recurrent-activations.ts';
import { type CellGradients, type Direction, range, recurrentProduct } from './recurrent-grad.ts';
import { scanSteps } from './scan-steps.ts';

interface Gates {
  readonly input: Value;
  readonly output: Value;
  readonly forget: Value;
  readonly candidate: Value;
}

/** Back through the steps of an LSTM (Hochreiter and Schmidhuber, 1997): c = forget c + input candidate, h = output tanh c. */
export function lstmGrad(direction: Direction): CellGradients {
  requireActivations(direction.node, ['Sigmoid', 'Tanh', 'Tanh']);
  const { g, before, dAfter, dLast, dLastCell, recurrence, reverse } = direction;
  const { tanh } = arithmetic(g);
  const gates = gatesOf(direction);
  const { cellsBefore, cells } = cellsOf(direction, gates);
  const { input, output, forget, candidate } = gates;
  const walk = scanSteps(g, {
    states: [dLast, dLastCell],
    slices: [dAfter, input, output, forget, candidate, cellsBefore, tanh(cells)],
    backwards: !reverse,
    body(b, [dh, dc], [dy, i, o, f, c, cellBefore, squashed]) {
      const { add, sub, mul, square } = arithmetic(b);
      const slope = (gate: Value): Value => mul(gate, sub(1, gate));
      const dState = add(dy!, dh!);
      const dCell = add(dc!, mul(mul(dState, o!), sub(1, square(squashed!))));
      const d = [
        mul(mul(dCell, c!), slope(i!)),
        mul(mul(dState, squashed!), slope(o!)),
        mul(mul(dCell, cellBefore!), slope(f!)),
        mul(mul(dCell, i!), sub(1, square(c!))),
      ];
      const dGates = b.op('Concat', d, { axis: 1 });
      return { states: [b.op('MatMul', [dGates, recurrence]), mul(dCell, f!)], stacked: [dGates] };
    },
  });
  const [dFirst, dFirstCell] = walk.states;
  const [dInput] = walk.stacked;
  return {
    dInput: dInput!,
    rows: [{ d: dInput!, states: before }],
    dFirst: dFirst!,
    dFirstCell: dFirstCell!,
  };
}

/** The gates of all steps at once, in ONNX's order. */
function gatesOf(direction: Direction): Gates {
  const { g, fromInput, hidden } = direction;
  const { add, sigmoid, tanh } = arithmetic(g);
  const sums = add(fromInput, recurrentProduct(direction));
  const gate = (i: number): Value => range(g, sums, { axis: 2, start: i * hidden, end: (i + 1) * hidden });
  return {
    input: sigmoid(gate(0)),
    output: sigmoid(gate(1)),
    forget: sigmoid(gate(2)),
    candidate: tanh(gate(3)),
  };
}

/** The cells before and after each step, which the node does not give. */
function cellsOf(
  { g, firstCell, reverse }: Direction,
  { input, forget, candidate }: Gates,
): { cellsBefore: Value; cells: Value } {
  const { mul } = arithmetic(g);
  const walk = scanSteps(g, {
    states: [firstCell],
    slices: [forget, mul(input, candidate)],
    backwards: reverse,
    body(b, [cell], [kept, added]) {
      const { add, mul: times } = arithmetic(b);
      const next = add(times(cell!, kept!), added!);
      return { states: [next], stacked: [b.op('Identity', [cell!]), b.op('Identity', [next])] };
    },
  });
  const [cellsBefore, cells] = walk.stacked;
  return { cellsBefore: cellsBefore!, cells: cells! };
}
