import type { GraphBuilder, Value } from '../ir/index.ts';

/** An optimizer as graph nodes over flat vectors: all parameters are one [P] tensor, and so is each state. */
export interface Optimizer {
  readonly name: string;
  /** One [P] vector each, zero at the start. */
  readonly states: readonly string[];
  /** The size of its steps depends on the learning rate, not on that of the gradient, as Adam's does. */
  readonly isNormalized?: true;
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
  /** Writes the parameters that weight decay shrinks, [P] with zeros in place of the others. Default: all. */
  readonly decayed?: () => Value;
}

/**
 * Stochastic gradient descent with momentum, in PyTorch's form: v = momentum v + g; w = w - rate v. With Nesterov's
 * momentum w = w - rate (g + momentum v) (Sutskever et al. 2013). Weight decay adds weightDecay w to the gradient.
 */
export function sgd({ momentum = 0.9, nesterov = false, weightDecay = 0 } = {}): Optimizer {
  return {
    name: nesterov ? 'nesterov' : 'sgd',
    states: ['velocity'],
    rates: (learningRate) => ({ rate: learningRate }),
    update(g, step) {
      const { parameters, states, rates } = step;
      const gradient = withDecay(g, step, weightDecay);
      const slowed = (velocity: Value | undefined): Value => g.op('Mul', [velocity, g.scalar(momentum)]);
      const velocity = g.op('Add', [slowed(states[0]), gradient]);
      const direction = nesterov ? g.op('Add', [gradient, slowed(velocity)]) : velocity;
      return {
        parameters: g.op('Sub', [parameters, g.op('Mul', [direction, rates.rate])]),
        states: [velocity],
      };
    },
  };
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma and Ba 2014, arXiv 1412.6980), bias-corrected; epsilon is added to the corrected root as in PyTorch.
 * Weight decay adds weightDecay w to the gradient.
 */
export function adam({ weightDecay = 0, ...moments }: AdamOptions = {}): Optimizer {
  return {
    name: 'adam',
    isNormalized: true,
    ...momentStates(moments),
    update(g, step) {
      const gradient = withDecay(g, step, weightDecay);
      const { change, states } = moveMoments(g, { ...step, gradient }, moments);
      return { parameters: g.op('Sub', [step.parameters, change]), states };
    },
  };
}

/** Adam whose weight decay does not go through the moments: w = w - rate weightDecay w (Loshchilov and Hutter 2017, arXiv 1711.05101). */
export function adamW({ weightDecay = 0.01, ...moments }: AdamOptions = {}): Optimizer {
  const { states, rates } = momentStates(moments);
  return {
    name: 'adamw',
    isNormalized: true,
    states,
    rates: (learningRate, step) => ({ ...rates(learningRate, step), decay: learningRate * weightDecay }),
    update(g, step) {
      const { change, states } = moveMoments(g, step, moments);
      const decay = g.op('Mul', [step.decayed?.() ?? step.parameters, step.rates.decay]);
      return { parameters: g.op('Sub', [g.op('Sub', [step.parameters, decay]), change]), states };
    },
  };
}

const withDecay = (g: GraphBuilder, step: OptimizerStep, weightDecay: number): Value =>
  weightDecay === 0
    ? step.gradient
    : g.op('Add', [step.gradient, g.op('Mul', [step.decayed?.() ?? step.parameters, g.scalar(weightDecay)])]);

const momentStates = ({ beta1 = 0.9, beta2 = 0.999 }: AdamOptions) => ({
  states: ['mean', 'variance'],
  rates: (learningRate: number, step: number) => ({
    rate: learningRate / (1 - beta1 ** step),
    varianceCorrection: 1 / (1 - beta2 ** step),
  }),
});

/** Writes Adam's new moments, and what they take from the parameters. */
function moveMoments(
  g: GraphBuilder,
  { gradient, states, rates }: OptimizerStep,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
): { change: Value; states: Value[] } {
  const decay = (state: Value | undefined, fresh: Value, beta: number): Value =>
    g.op('Add', [g.op('Mul', [state, g.scalar(beta)]), g.op('Mul', [fresh, g.scalar(1 - beta)])]);
  const mean = decay(states[0], gradient, beta1);
  const variance = decay(states[1], g.op('Mul', [gradient, gradient]), beta2);
  const root = g.op('Sqrt', [g.op('Mul', [variance, rates.varianceCorrection])]);
  const scaled = g.op('Mul', [mean, rates.rate]);
  return { change: g.op('Div', [scaled, g.op('Add', [root, g.scalar(epsilon)])]), states: [mean, variance] };
}
