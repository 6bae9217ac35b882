import { setImmediate as turn } from 'node:timers/promises';
import { Tensor } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { random } from '../../../random.ts';
import { InferenceSession, isBusyMachine } from '../../../runtime/index.ts';
import { RowOrder } from '../ada-round/row-order.ts';
import { type Annealing, betaAt } from '../ada-round/schedule.ts';
import { regularizerRates } from '../ada-round/soft-rounding.ts';
import { type BlockData, blockSamples } from './block-data.ts';
import type { BlockProblem } from './block-graph.ts';
import {
  type BlockShapes,
  blockErrorGraph,
  blockStepGraph,
  optimizer,
  sizesOf,
  stateSizes,
} from './block-step.ts';

export interface ReconstructionOptions {
  readonly annealing: Annealing;
  readonly learningRate: number;
  /** Of the scales, relative to them; falls to 0 along a cosine. */
  readonly scaleRate: number;
  readonly regularization: number;
  readonly drop: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (done: number) => void;
}

export interface BlockSubject {
  readonly problem: BlockProblem;
  readonly shapes: BlockShapes;
  readonly data: BlockData;
  /** The rounding is chosen on so many, the first ones. */
  readonly used: number;
  /** Errors are measured from this one on. */
  readonly kept: number;
}

/** What is optimized: V of all weights, and relative changes of the learned scales. */
export interface BlockState {
  readonly variables: Float32Array;
  readonly changes: Float32Array;
}

/** How long one call into the runtime may take, in ms. */
const callDuration = 150;

/** Optimizes one block in steps on onnxruntime; `error` is that of nearest rounding. Deterministic for a seed. */
export async function reconstruct(
  subject: BlockSubject,
  options: ReconstructionOptions,
  error: number,
): Promise<BlockState> {
  const { problem, shapes, data, used } = subject;
  const outputs = data.target.size / data.samples;
  // The error of nearest rounding counts as the regularizer of weights does: one twelfth a weight.
  const weight = sizesOf(problem).variables / 12 / (outputs * error || 1);
  const graph = blockStepGraph({ ...{ problem, shapes, weight }, samples: data.samples, ...options });
  const session = await InferenceSession.create(writeModel(graph), {
    optimization: 'basic',
    spinning: !isBusyMachine(),
  });
  const order = new RowOrder({ from: 0, to: used }, random(options.seed));
  const { iterations } = options.annealing;
  let state = startState(problem);
  let [done, perCall] = [0, 1];
  try {
    while (done < iterations) {
      options.signal?.throwIfAborted();
      const count = Math.min(perCall, iterations - done);
      const started = performance.now();
      const chosen = order.take(count * shapes.batchSize);
      const results = await session.run({
        ...{ ...fedData(data), ...state, ...ratesOf(options, done, count) },
        chosen: Tensor.of('int64', chosen, [count, shapes.batchSize]),
      });
      state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`${name}'`]!]));
      done += count;
      perCall = Math.max(1, Math.min(64, Math.round((callDuration * count) / (performance.now() - started))));
      options.onStep?.(done);
      await turn();
    }
  } finally {
    await session.release();
  }
  const numbers = (name: string) => (state[name]?.data ?? new Float32Array()) as Float32Array;
  return { variables: numbers('variables'), changes: numbers('changes') };
}

const fedData = ({ x, exact, target, importance }: BlockData): Record<string, Tensor> => ({
  ...{ x, exact, target, ...(importance && { importance }) },
});

function startState(problem: BlockProblem): Record<string, Tensor> {
  const zeros = [...stateSizes(problem)].map(
    ([name, size]) => [name, Tensor.of('float32', new Float32Array(size))] as const,
  );
  const variables = problem.weights.flatMap(({ soft }) => Array.from(soft.variables));
  return { ...Object.fromEntries(zeros), variables: Tensor.of('float32', variables) };
}

function ratesOf(options: ReconstructionOptions, done: number, count: number): Record<string, Tensor> {
  const { annealing, learningRate, scaleRate, regularization } = options;
  const steps = Array.from({ length: count }, (_, i) => {
    const step = done + i;
    const beta = betaAt(annealing, step);
    const { rate, varianceCorrection } = optimizer.rates(learningRate, step + 1) as Record<string, number>;
    const fall = 0.5 * (1 + Math.cos((Math.PI * step) / annealing.iterations));
    return {
      ...{ rate: rate!, varianceCorrection: varianceCorrection! },
      changeRate: ((rate! * scaleRate) / learningRate) * fall,
      ...(beta === undefined ? { exponent: 0, factor: 0 } : regularizerRates(regularization, beta)),
    };
  });
  const column = (name: keyof (typeof steps)[number]) =>
    Tensor.of(
      'float32',
      steps.map((rates) => rates[name]),
    );
  const names = ['rate', 'varianceCorrection', 'changeRate', 'exponent', 'factor'] as const;
  return Object.fromEntries(names.map((name) => [name, column(name)]));
}

/** Mean squared errors of a block on the samples that were left out, one for each state. */
export async function blockErrors(subject: BlockSubject, states: readonly BlockState[]): Promise<number[]> {
  const { problem, shapes, data, kept } = subject;
  const session = await InferenceSession.create(writeModel(blockErrorGraph(problem, shapes)), {
    optimization: 'basic',
  });
  const { batchSize } = shapes;
  const batches = Math.floor((data.samples - kept) / batchSize);
  try {
    const errors: number[] = [];
    for (const { variables, changes } of states) {
      let sum = 0;
      for (let i = 0; i < batches; i++) {
        const part = (all: Tensor) => blockSamples(all, kept + i * batchSize, batchSize);
        const { error } = await session.run({
          ...{ x: part(data.x), target: part(data.target), variables: Tensor.of('float32', variables) },
          ...(data.importance && { importance: part(data.importance) }),
          ...(changes.length > 0 && { changes: Tensor.of('float32', changes) }),
        });
        sum += Number(error!.data[0]);
      }
      errors.push(sum / batches);
    }
    return errors;
  } finally {
    await session.release();
  }
}
