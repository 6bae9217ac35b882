import type { GraphBuilder, Value } from '../ir/index.ts';

/** An optimizer as graph nodes over flat vectors: all parameters are one [P] tensor, and so is each state. */
export interface Optimizer {
  readonly name: string;
  /** One [P] vector each, zero at the start. */
  readonly states: readonly string[];
  /** Scalars of one step, by name, from the learning rate and the step's number (1 is the first). */
  rates(learningRate: number, step: number): Readonly<Record<string, number>>;
  /** Writes one update. `rates` are float32 scalars; returns the new parameters and states. */
  update(g: GraphBuilder, step: OptimizerStep): { parameters: Value; states: Value[] };
}

export interface OptimizerStep {
  readonly parameters: Value;
  readonly gradient: Value;
  readonly states: readonly Value[];
  readonly rates: Readonly<Record<string, Value>>;
}

/** Stochastic gradient descent with momentum, in PyTorch's form: v = momentum v + g; w = w - rate v. */
export function sgd({ momentum = 0.9 } = {}): Optimizer {
  return {
    name: 'sgd',
    states: ['velocity'],
    rates: (learningRate) => ({ rate: learningRate }),
    update(g, { parameters, gradient, states, rates }) {
      const velocity = g.op('Add', [g.op('Mul', [states[0], g.scalar(momentum)]), gradient]);
      return {
        parameters: g.op('Sub', [parameters, g.op('Mul', [velocity, rates.rate])]),
        states: [velocity],
      };
    },
  };
}

/** Adam (Kingma and Ba 2014, arXiv 1412.6980), bias-corrected; epsilon is added to the corrected root as in PyTorch. */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): Optimizer {
  return {
    name: 'adam',
    states: ['mean', 'variance'],
    rates: (learningRate, step) => ({
      rate: learningRate / (1 - beta1 ** step),
      varianceCorrection: 1 / (1 - beta2 ** step),
    }),
    update(g, { parameters, gradient, states, rates }) {
      const decay = (state: Value | undefined, fresh: Value, beta: number): Value =>
        g.op('Add', [g.op('Mul', [state, g.scalar(beta)]), g.op('Mul', [fresh, g.scalar(1 - beta)])]);
      const mean = decay(states[0], gradient, beta1);
      const variance = decay(states[1], g.op('Mul', [gradient, gradient]), beta2);
      const root = g.op('Sqrt', [g.op('Mul', [variance, rates.varianceCorrection])]);
      const scaled = g.op('Mul', [mean, rates.rate]);
      const change = g.op('Div', [scaled, g.op('Add', [root, g.scalar(epsilon)])]);
      return { parameters: g.op('Sub', [parameters, change]), states: [mean, variance] };
    },
  };
}
