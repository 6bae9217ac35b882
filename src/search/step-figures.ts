import { costsOf } from './costs.ts';
import type { Figures } from './figures.ts';
import { compareEvaluations } from './lab.ts';
import type { Search } from './search.ts';
import type { Link, Trial } from './trial.ts';

/** A step of a network, and what the network was after it. */
export interface StepFigures {
  readonly link: Link;
  readonly figures: Figures;
}

/** Measures a network after each of its steps, on the samples that decide; the last step's figures are the network's own. */
export async function stepFigures(state: Search, best: Trial): Promise<StepFigures[]> {
  const { lab, parts, original } = state;
  lab.tell('what each step gave');
  const measured: StepFigures[] = [];
  for (const link of best.chain.slice(0, -1)) {
    const { content } = link.outcome;
    const { costs } = await costsOf(lab, content);
    const evaluation = parts && (await lab.evaluate(content, parts.deciding));
    const drop =
      evaluation &&
      -compareEvaluations(original.evaluation!, evaluation, parts.deciding.data.labels(parts.deciding.split))
        .change.value;
    measured.push({ link, figures: { ...costs, accuracy: evaluation?.accuracy, drop } });
  }
  return [...measured, { link: best.chain.at(-1)!, figures: best.figures }];
}
