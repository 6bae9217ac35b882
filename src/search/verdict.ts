import type { Estimate, Evaluation } from '../bench/index.ts';
import { latencyLimit } from './costs.ts';
import { type DeviceFigures, type Figures, meets, type Standing, standingsOf } from './figures.ts';
import { compareEvaluations, type Lab } from './lab.ts';
import type { Part } from './parts.ts';
import { middlePair, type Pair, pairOn, shareOf } from './readings.ts';
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

/** How often the result and the original are measured. */
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
  for (const [device, { interval }] of times) intervals.set(`latency ${device}`, interval);
  const of = (
    figures: Figures,
    key: 'original' | 'result',
    own: Pick<Figures, 'accuracy' | 'drop'>,
  ): Figures => ({
    ...{ ...figures, ...own },
    devices: Object.fromEntries(
      Object.entries(figures.devices).map(([device, known]) => [
        device,
        { ...known, ...times.get(device)![key] },
      ]),
    ),
  });
  const original = of(source, 'original', { accuracy: tested?.compared.before.value, drop: tested && 0 });
  const figures = of(trial.figures, 'result', {
    accuracy: tested?.compared.after.value,
    drop: tested && -tested.compared.change.value,
  });
  const standings = standingsOf(budget, figures, original);
  return { figures, original, standings, isMet: meets(standings), intervals, evaluation: tested?.evaluation };
}

/** Latencies on one device. */
interface Times {
  readonly original: Pick<DeviceFigures, 'latency'>;
  readonly result: Pick<DeviceFigures, 'latency' | 'share'>;
  /** Of the result. */
  readonly interval: Estimate;
}

/** Latencies of the original and the result, measured in turn. */
async function alternating(lab: Lab, { content }: Trial): Promise<Map<string, Times>> {
  const { devices, budget } = lab.setup;
  const found = new Map<string, Times>();
  for (const device of devices.keys()) {
    const pairs: Pair[] = [];
    for (let turn = 0; turn < rounds; turn++) pairs.push(await pairOn(lab, content, { device, turn }));
    found.set(device, latencyLimit(device, budget)?.relative ? sharesOf(pairs) : mediansOf(pairs));
  }
  return found;
}

/** The pair with the middle share; the interval is of the shares of the same original. */
function sharesOf(pairs: readonly Pair[]): Times {
  const middle = middlePair(pairs);
  const { own, original } = middle;
  const latencies = pairs.map((pair) => shareOf(pair) * original.latency);
  return {
    original: { latency: original.latency },
    result: { latency: own.latency, share: shareOf(middle) },
    interval: { value: own.latency, low: Math.min(...latencies), high: Math.max(...latencies) },
  };
}

function mediansOf(pairs: readonly Pair[]): Times {
  const original = pairs.map((pair) => pair.original.latency).sort((a, b) => a - b);
  const result = pairs.map((pair) => pair.own.latency).sort((a, b) => a - b);
  const middle = pairs.length >> 1;
  return {
    original: { latency: original[middle]! },
    result: { latency: result[middle]! },
    interval: { value: result[middle]!, low: result[0]!, high: result.at(-1)! },
  };
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
