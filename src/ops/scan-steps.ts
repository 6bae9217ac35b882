import type { GraphBuilder, Value } from '../ir/index.ts';
import { staticShape } from './static-shape.ts';

/** A walk over the first axis of `slices`, from the last index to the first if `backwards`. */
export interface Steps {
  readonly states: readonly Value[];
  readonly slices: readonly Value[];
  readonly backwards: boolean;
  /** One step: the states before it and the slices, to the states after it and what is stacked. */
  body(
    b: GraphBuilder,
    states: readonly Value[],
    slices: readonly Value[],
  ): { readonly states: readonly Value[]; readonly stacked: readonly Value[] };
}

/** Writes a Scan; returns the last states and what each step gave, in the order of the slices. */
export function scanSteps(
  g: GraphBuilder,
  { states, slices, backwards, body }: Steps,
): { readonly states: readonly Value[]; readonly stacked: readonly Value[] } {
  const b = g.subgraph('steps');
  const input = (shape: readonly number[]): Value => b.input(b.uniqueName('in'), 'float32', shape);
  const stateInputs = states.map((value) => input(staticShape(value)));
  const sliceInputs = slices.map((value) => input(staticShape(value).slice(1)));
  const step = body(b, stateInputs, sliceInputs);
  for (const value of [...step.states, ...step.stacked]) b.output(value, b.uniqueName('out'));
  const direction = backwards ? 1 : 0;
  const results = g.node(
    'Scan',
    [...states, ...slices],
    {
      body: b.graph,
      num_scan_inputs: slices.length,
      scan_input_directions: slices.map(() => direction),
      scan_output_directions: step.stacked.map(() => direction),
    },
    step.states.length + step.stacked.length,
  );
  return { states: results.slice(0, states.length), stacked: results.slice(states.length) };
}
