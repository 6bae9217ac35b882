import { backward, withOpsets } from '../../../autodiff/index.ts';
import { type Model, product, Tensor } from '../../../ir/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import type { Feeds } from '../../../runtime/index.ts';
import { directed, staticModel } from '../../search/directed.ts';
import { copyFloat, directedLoss } from '../../search/shadow.ts';

/** Labels drawn for each sample: the square of one gradient alone is a rough guess of its mean. */
const draws = 4;

export interface ImportanceOptions {
  /** Batches of one size. */
  readonly feeds: readonly Feeds[];
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * How much the float model's outputs depend on each number of a value, sample by sample: the mean square of the gradient
 * of the log likelihood of labels drawn from the model's own prediction, the diagonal of the Fisher information (Li et al. 2021, arXiv
 * 2102.05426); of a model that is no classifier, of random projections of its outputs. float32, batch after batch, mean 1.
 * Throws ModelError for an operator without gradient between the value and an output.
 */
export async function importanceOf(
  float: Model,
  name: string,
  { feeds, seed, signal }: ImportanceOptions,
): Promise<Tensor> {
  const fixed = staticModel(float, feeds[0]!);
  const g = createBuilder({ name: 'importance' });
  const { of, outputs, tape } = copyFloat(g, fixed, [name]);
  const value = of(name);
  const gradient =
    backward(g, directedLoss(g, outputs), [value], tape)[0] ?? g.op('Mul', [value, g.scalar(0)]);
  g.output(g.op('Mul', [gradient, gradient]), 'squares');
  const model = withOpsets(g.graph, fixed);
  const directions = isClassifier(float) ? 'fisher' : 'projection';
  const [, ...rest] = value.shape as readonly number[];
  const samples = feeds.length * (value.shape![0] as number);
  const all = new Float32Array(samples * product(rest));
  for (let draw = 0; draw < draws; draw++) {
    let offset = 0;
    const work = { slices: feeds, directions, seed: seed + draw, ...(signal && { signal }) } as const;
    await directed(fixed, model, work, ({ results }) => {
      for (const square of results.squares!.data as Float32Array) all[offset++]! += square;
    });
  }
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return Tensor.of('float32', mean > 0 ? all.map((x) => x / mean) : all.fill(1), [samples, ...rest]);
}

const isClassifier = ({ graph: { outputs } }: Model): boolean =>
  outputs.length === 1 && outputs[0]!.dtype === 'float32' && outputs[0]!.shape?.length === 2;
