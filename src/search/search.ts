import type { Evaluation } from '../bench/index.ts';
import { ModelError, UsageError } from '../errors.ts';
import { costsOf } from './costs.ts';
import { type Figures, meets, worstOf } from './figures.ts';
import { compareEvaluations, type Lab } from './lab.ts';
import type { Parts } from './parts.ts';
import { type Effort, float, int8, type PlanSettings } from './plan.ts';
import { cautiousStandings, fitsCosts, isOfAccuracy, type Spec, type Trial, titleOf } from './trial.ts';
import { type Probe, type Target, targetsOf } from './widths.ts';

/** The original, measured. */
export interface Original {
  readonly figures: Figures;
  readonly evaluation: Evaluation | undefined;
}

/** A network that could not be made of this model. */
export interface Failure {
  readonly spec: Spec;
  readonly reason: string;
}

/** What a search works with, and what it has found. */
export interface Search {
  readonly lab: Lab;
  readonly effort: Effort;
  readonly settings: PlanSettings;
  readonly parts: Parts | undefined;
  readonly original: Original;
  readonly trials: Trial[];
  readonly probes: Probe[];
  readonly failures: Failure[];
  readonly onTrial: ((trial: Trial) => Promise<void>) | undefined;
}

/**
 * Looks for a network that keeps the budget: first the original fused, then in 8 bits, with repairs where that loses too
 * much. If it takes too much, the widest network that fits is found by measuring untrained ones, since what a network takes
 * does not depend on what it has learned; only that one is trained. Stops at the first that keeps all limits.
 */
export async function search(state: Search): Promise<void> {
  const whole = { share: 1, kept: 1, roundTo: 1, way: undefined };
  if (await isDone(state, { ...whole, form: float, why: 'what the graph alone gives' })) return;
  const whole8 = { ...whole, form: int8, why: 'a quarter of the bytes, and integer arithmetic' };
  if (await isDone(state, whole8)) return;
  if (isFitting(state, whole8)) {
    for (const form of state.effort.repairs)
      if (await isDone(state, { ...whole, form, why: `8 bits fit, but lose too much: ${form.summary}` }))
        return;
  }
  for (const target of await targetsOf(state)) if (await isReached(state, target)) return;
}

/** Trains a network of a share in ways that take longer and longer, and repairs its 8 bits. */
async function isReached(state: Search, { form, why, ...width }: Target): Promise<boolean> {
  for (const way of state.effort.ways) {
    const reason = way === state.effort.ways[0] ? why : `it lost too much: ${way.summary}`;
    if (await isDone(state, { ...width, way, form, why: reason })) return true;
    const trial = state.trials.at(-1)!;
    if (trial.spec.way !== way || !fitsCosts(trial.standings)) return false;
    if (form !== int8 || !(await isRoundingToBlame(state, trial))) continue;
    for (const repair of state.effort.repairs)
      if (
        await isDone(state, { ...width, way, form: repair, why: `8 bits lose too much: ${repair.summary}` })
      )
        return true;
  }
  return false;
}

/** Whether the network keeps the budget's accuracy before it is quantized: repairs cannot give more than that. */
async function isRoundingToBlame(state: Search, trial: Trial): Promise<boolean> {
  const { lab, parts, original } = state;
  const before = trial.chain.at(-2);
  if (!parts || !before) return true;
  const evaluation = await lab.evaluate(before.outcome.content, parts.deciding);
  const { change, after } = comparedTo(original, evaluation, parts);
  const figures = { ...trial.figures, accuracy: after.value, drop: -change.value };
  const standings = cautiousStandings(
    lab.setup.budget,
    { figures, change, accuracy: after },
    original.figures,
  );
  return standings.every((standing) => standing.isMet || !isOfAccuracy(standing));
}

const comparedTo = ({ evaluation: before }: Original, after: Evaluation, { deciding }: Parts) =>
  compareEvaluations(before!, after, deciding.data.labels(deciding.split));

/** Whether a network was made, and keeps all limits but those of the accuracy. */
const isFitting = ({ trials }: Search, { form, way }: Spec): boolean =>
  trials.some(({ spec, standings }) => spec.form === form && spec.way === way && fitsCosts(standings));

/** Makes and judges a network; whether it keeps the budget. What cannot be made of this model is noted and passed over. */
async function isDone(state: Search, spec: Spec): Promise<boolean> {
  const trial = await tried(state, spec).catch((error: unknown) => {
    if (!(error instanceof UsageError || error instanceof ModelError)) throw error;
    state.failures.push({ spec, reason: error.message });
    return undefined;
  });
  if (!trial) return false;
  state.trials.push(trial);
  await state.onTrial?.(trial);
  return meets(trial.standings);
}

async function tried(state: Search, spec: Spec): Promise<Trial> {
  const { lab, settings, parts, original } = state;
  const { share, roundTo, way, form } = spec;
  lab.tell(titleOf(spec));
  const chain = await lab.run([
    ...(way?.plan(share, { ...settings, roundTo }) ?? []),
    ...form.plan(settings),
  ]);
  const { content } = chain.at(-1)!.outcome;
  const { costs, measurements } = await costsOf(lab, content, original.figures);
  const evaluation = parts && (await lab.evaluate(content, parts.deciding));
  const compared = evaluation && comparedTo(original, evaluation, parts);
  const { change, after: accuracy } = compared ?? {};
  const figures: Figures = {
    ...costs,
    accuracy: evaluation?.accuracy,
    drop: change && -change.value,
  };
  return {
    ...{ spec, chain, content, figures, evaluation, change },
    measurements: measurements.flatMap(({ measurement }) => measurement ?? []),
    standings: cautiousStandings(lab.setup.budget, { figures, change, accuracy }, original.figures),
  };
}

/** The trial that keeps the budget, else the one that is nearest to it: whose worst limit is exceeded least. */
export const bestOf = (trials: readonly Trial[]): Trial | undefined =>
  trials.find(({ standings }) => meets(standings)) ??
  trials.toSorted((a, b) => worstOf(a.standings) - worstOf(b.standings))[0];
