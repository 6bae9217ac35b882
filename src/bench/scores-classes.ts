import type { Dataset } from '../data/index.ts';
import { dimsAgree, type Model } from '../ir/index.ts';

/** Whether a model gives a score for each class of the data, [N, classes], so that its accuracy can be told. */
export function scoresClasses({ graph }: Model, { classNames }: Dataset): boolean {
  const [output] = graph.outputs;
  const { shape } = output ?? {};
  return classNames.length > 0 && shape?.length === 2 && dimsAgree(shape[1]!, classNames.length);
}
