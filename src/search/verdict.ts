import type { Estimate, Evaluation } from '../bench/index.ts';
import { type Figures, meets, type Standing, standingsOf } from './figures.ts';
import { compareEvaluations, type Lab } from './lab.ts';
import type { Part } from './parts.ts';
import type { Trial } from './trial.ts';

/** What measuring the result and the original again, on samples that no decision has seen, told. */
export interface Verdict {
  readonly figures: Figures;
  readonly original: Figures;
  readonly standings: readonly Standing[];
  readonly isMet: boolean;
  /** Of latencies the extremes of the rounds, of accuracies 95 %; by the quantity's name and device. */
  readonly intervals: ReadonlyMap<string, Estimate>;
  /** Of the result; undefined where accuracy cannot be told. */
  readonly evaluation: Evaluation | undefined;
}

/** How often the result and the original are measured in turn. */
const rounds = 3;

/** Judges a trial against the budget by figures that had no part in its choice. */
export async function verdictOn(
  trial: Trial,
  { lab, heldOut, source }: { lab: Lab; heldOut: Part | undefined; source: Figures },
): Promise<Verdict> {
  const { budget } = lab.setup;
  const intervals = new Map<string, Estimate>();
  lab.tell('measuring the result again');
  const times = await alternating(lab, trial);
  const tested = heldOut && (await accuraciesOn(heldOut, trial, lab));
  if (tested) {
    const { after, change } = tested.compared;
    intervals.set('accuracy', after);
    intervals.set('drop', { value: -change.value, low: -change.high, high: -change.low });
  }
  for (const [device, [, result]] of times) intervals.set(`latency ${device}`, result);
  const of = (figures: Figures, index: 0 | 1, own: Pick<Figures, 'accuracy' | 'drop'>): Figures => ({
    ...{ ...figures, ...own },
    devices: Object.fromEntries(
      Object.entries(figures.devices).map(([device, known]) => [
        device,
        { ...known, latency: times.get(device)![index].value },
      ]),
    ),
  });
  const original = of(source, 0, { accuracy: tested?.compared.before.value, drop: tested && 0 });
  const figures = of(trial.figures, 1, {
    accuracy: tested?.compared.after.value,
    drop: tested && -tested.compared.change.value,
  });
  const standings = standingsOf(budget, figures, original);
  return { figures, original, standings, isMet: meets(standings), intervals, evaluation: tested?.evaluation };
}

/** Median latencies of the original and the result, measured in turn, so that what slows the machine slows both. */
async function alternating(
  lab: Lab,
  { content }: Trial,
): Promise<Map<string, readonly [original: Estimate, result: Estimate]>> {
  const { devices, source } = lab.setup;
  const found = new Map<string, readonly [Estimate, Estimate]>();
  for (const device of devices.keys()) {
    const both: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++)
      for (const [i, model] of [source, content].entries())
        both[i]!.push((await lab.measure(model, device)).latency);
    found.set(device, [middle(both[0]), middle(both[1])]);
  }
  return found;
}

function middle(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  return { value: sorted[sorted.length >> 1]!, low: sorted[0]!, high: sorted.at(-1)! };
}

async function accuraciesOn(heldOut: Part, { content }: Trial, lab: Lab) {
  const before = await lab.evaluate(lab.setup.source, heldOut);
  const evaluation = await lab.evaluate(content, heldOut);
  return { evaluation, compared: compareEvaluations(before, evaluation, heldOut.data.labels(heldOut.split)) };
}

/** The interval of what a limit is about. */
export const intervalOf = (
  { constraint }: Standing,
  { intervals }: Pick<Verdict, 'intervals'>,
): Estimate | undefined =>
  intervals.get([constraint.quantity.name, constraint.device].filter(Boolean).join(' '));

/** Whether a limit is kept, but might not be by other samples or at another time. */
export function isUncertain(standing: Standing, verdict: Pick<Verdict, 'intervals'>): boolean {
  const interval = intervalOf(standing, verdict);
  if (!standing.isMet || !interval) return false;
  return standing.constraint.quantity.good === 'below'
    ? interval.high > standing.limit
    : interval.low < standing.limit;
}
