import type { Evaluation } from '../bench/index.ts';
import { ModelError, UsageError } from '../errors.ts';
import { type Figures, meets, type Standing, worstOf } from './figures.ts';
import { compareEvaluations, type Lab, type MeasuredCosts } from './lab.ts';
import type { Parts } from './parts.ts';
import { type Effort, type Form, float, int8, type PlanSettings, untrained } from './plan.ts';
import {
  cautiousStandings,
  fitsCosts,
  isOfAccuracy,
  percentOf,
  type Spec,
  type Trial,
  titleOf,
} from './trial.ts';

/** The original, measured. */
export interface Original {
  readonly figures: Figures;
  readonly evaluation: Evaluation | undefined;
}

/** How many channels go. */
interface Width {
  /** Of the multiply-accumulates that may stay. */
  readonly share: number;
  readonly roundTo: number;
}

/** A network that was measured before anything was learned, to find how wide one may be. */
export interface Probe extends Width {
  readonly form: Form;
  readonly standings: readonly Standing[];
  readonly figures: Figures | undefined;
  /** Why it could not be made. */
  readonly obstacle?: string;
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

interface Target extends Width {
  readonly form: Form;
  /** Of the multiply-accumulates that do stay. */
  readonly kept: number;
  readonly why: string;
}

/** Channels in blocks too where time counts: kernels compute a rest of a block in full, or by slower code. */
const blocks = (state: Search): number[] =>
  state.lab.setup.budget.some(({ quantity }) => quantity.name === 'latency') ? [1, 8] : [1];

/** The widest networks that fit, the one that keeps most first. */
async function targetsOf(state: Search): Promise<Target[]> {
  const { probes, trials } = state;
  const targets: Target[] = [];
  for (const form of [int8, float]) {
    if (trials.some(({ spec, standings }) => spec.form === form && fitsCosts(standings))) continue;
    const found: Probe[] = [];
    for (const roundTo of blocks(state)) found.push(...(await widest(state, form, roundTo)));
    const best = found.toSorted((a, b) => keptBy(b, state) - keptBy(a, state))[0];
    if (best) targets.push(target(best, state, `the widest that fits as ${form.name}, measured untrained`));
  }
  if (targets.length > 0) return targets.sort((a, b) => b.kept - a.kept);
  const smallest = probes
    .filter(({ form, obstacle }) => form === int8 && obstacle === undefined)
    .toSorted((a, b) => keptBy(a, state) - keptBy(b, state))[0];
  if (!smallest || trials.some(({ standings }) => fitsCosts(standings))) return [];
  return [target(smallest, state, 'none fits: this is the smallest that can be made')];
}

const target = (probe: Probe, state: Search, why: string): Target => ({
  ...{ share: probe.share, roundTo: probe.roundTo, form: probe.form },
  ...{ kept: keptBy(probe, state), why },
});

const keptBy = ({ figures }: Probe, { original }: Search): number => figures!.macs / original.figures.macs;

/** The network of the largest share of the work that fits before it has learned anything; none if none does. */
async function widest(state: Search, form: Form, roundTo: number): Promise<Probe[]> {
  const { shares } = state.effort;
  const found = new Map<number, Probe>();
  let [low, high] = [0, shares.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const probe = await probed(state, { share: shares[middle]!, roundTo }, form);
    found.set(middle, probe);
    // So few channels cannot be reached: wider ones can.
    if (probe.obstacle !== undefined || fitsCosts(probe.standings)) high = middle;
    else low = middle + 1;
  }
  const last = found.get(high);
  return last && last.obstacle === undefined ? [last] : [];
}

async function probed(state: Search, width: Width, form: Form): Promise<Probe> {
  const { share, roundTo } = width;
  const { lab, settings, original } = state;
  const { budget } = lab.setup;
  lab.tell(`${percentOf(share)} % of the MACs, untrained, ${form.name}`);
  const plan = [...untrained.plan(share, { ...settings, roundTo }), ...form.plan(settings)];
  const probe = await lab.run(plan).then(
    async (links): Promise<Probe> => {
      const { costs } = await costsOf(state, links.at(-1)!.outcome.content);
      const figures = { ...costs, accuracy: undefined, drop: undefined };
      const standings = cautiousStandings(budget, { figures }, original.figures);
      return { ...width, form, figures, standings };
    },
    (error: unknown): Probe => {
      if (!(error instanceof UsageError || error instanceof ModelError)) throw error;
      return { ...width, form, figures: undefined, standings: [], obstacle: error.message };
    },
  );
  state.probes.push(probe);
  return probe;
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

/** What a network takes; times are measured twice, and the faster one holds: other work of the machine only ever adds. */
export async function costsOf({ lab }: Pick<Search, 'lab'>, content: Uint8Array): Promise<MeasuredCosts> {
  const first = await lab.costs(content);
  const isTimed = lab.setup.budget.some(({ quantity }) => quantity.name === 'latency');
  return isTimed ? faster(first, await lab.costs(content)) : first;
}

/** Of two measurements on each device the faster one. */
function faster(a: MeasuredCosts, b: MeasuredCosts): MeasuredCosts {
  const names = Object.keys(a.costs.devices);
  const isA = (name: string): boolean => a.costs.devices[name]!.latency <= b.costs.devices[name]!.latency;
  return {
    costs: {
      ...a.costs,
      devices: Object.fromEntries(names.map((name) => [name, (isA(name) ? a : b).costs.devices[name]!])),
    },
    measurements: names.map((name, i) => (isA(name) ? a : b).measurements[i]!),
  };
}

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
  const { costs, measurements } = await costsOf(state, content);
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
