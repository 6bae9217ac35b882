import { ModelError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { checkRepeatable } from '../apply-repairs.ts';
import type { Calibration } from '../calibrate.ts';
import type { QuantizeOptions } from '../quantize-options.ts';
import { type QuantizedModel, quantizeStatic } from '../quantize-static.ts';
import { repairsByName } from '../repair/index.ts';
import { AutoReport, type Tried } from './auto-report.ts';
import { holdBack } from './hold-back.ts';
import { Judge } from './judge.ts';

/** What is settled whatever `auto` chooses. A calibration cannot be resumed: there are several. */
export type AutoOptions = Omit<QuantizeOptions, 'searchRanges' | 'resume' | 'onState'>;

/** dB: below, the noise is more than a hundredth of the outputs' energy, and some layers may stay float for it. */
const goal = 20;

/** Shares of the multiply-accumulates that may stay float below the goal: the first that is fast enough, and brings so many dB. */
const floatShares = [0.15, 0.05];
const leastGain = 0.5;

/** What leaving layers float may cost in measured time, as a multiple. */
const slowest = 1.1;

/** dB that a setting must be better by: less is chance, and the simpler one stays. */
const margin = 0.05;

/** dB over the default with which the first improvement is good enough not to try it without searched ranges. */
const clear = 0.5;

/**
 * Static quantization by the best of several settings, judged by the SQNR of the finished model's outputs on a fifth of the
 * calibration data that is held back: the default; float outputs, corrected biases (or `options.repairs`) and searched ranges;
 * and below 20 dB with the layers left float whose noise dominates, where that costs at most a tenth of the measured time.
 * Never worse than the default on the held-back samples. The setting that wins is then applied with all samples, unless that is
 * worse on those. `calibration` is gone through several times. Throws as `quantizeStatic`
 * does, UsageError with fewer samples than can be held back, ModelError without float32 output.
 */
export async function quantizeAuto(
  model: Model,
  calibration: Calibration,
  options: AutoOptions = {},
): Promise<QuantizedModel> {
  checkRepeatable(calibration, true);
  const { limit, repairs = [], ...plain } = options;
  const { kept, held } = holdBack(model, calibration);
  const contest = await Contest.start(model, { kept, held, plain });
  const improved = {
    ...plain,
    ...(takesFloatOutputs(plain) && { floatOutputs: true }),
    repairs: repairs.length > 0 ? repairs : repairsByName(['bias-correction']),
  };
  const repaired = `${repairs.length > 0 ? repairs.map(({ name }) => name).join(', ') : 'bias-correction'}`;
  const before = contest.best.sqnr;
  await contest.add(`${repaired}, searched ranges`, { ...improved, searchRanges: true });
  if (contest.best.sqnr < before + clear) await contest.add(repaired, improved);
  const integer = contest.best;
  if (plain.minSqnr === undefined && integer.sqnr < goal)
    for (const maxFloat of floatShares) {
      if (contest.best !== integer) break;
      const name = `${integer.name}, up to ${100 * maxFloat} % of MACs float`;
      await contest.add(name, { ...integer.options, minSqnr: goal, maxFloat }, integer.made.model);
    }
  return contest.finish(calibration, limit);
}

/** Other runtimes want integers up to the outputs. */
const takesFloatOutputs = ({ target }: AutoOptions): boolean => !target || target.name.startsWith('ort-');

interface Candidate {
  readonly name: string;
  readonly options: QuantizeOptions;
  readonly made: QuantizedModel;
  readonly sqnr: number;
}

interface Entrants {
  readonly kept: Calibration;
  readonly held: Calibration;
  readonly plain: QuantizeOptions;
}

/** Settings that were tried, and the best so far. */
class Contest {
  readonly #model: Model;
  readonly #kept: Calibration;
  readonly #judge: Judge;
  readonly #tried: Tried[];
  best: Candidate;

  private constructor(
    model: Model,
    kept: Calibration,
    { judge, first }: { judge: Judge; first: Candidate & Tried },
  ) {
    this.#model = model;
    this.#kept = kept;
    this.#judge = judge;
    this.#tried = [first];
    this.best = first;
  }

  /** With the default, which must be possible. */
  static async start(model: Model, { kept, held, plain }: Entrants): Promise<Contest> {
    const started = performance.now();
    const made = await quantizeStatic(model, kept, plain);
    const judge = await Judge.create(model, held);
    const sqnr = await judge.sqnr(made.model);
    const first = { name: 'default', options: plain, made, sqnr, seconds: secondsSince(started) };
    return new Contest(model, kept, { judge, first });
  }

  /** Tries a setting; `than`: the model that it may not be much slower than. */
  async add(name: string, options: QuantizeOptions, than?: Model): Promise<void> {
    const started = performance.now();
    try {
      const made = await quantizeStatic(this.#model, this.#kept, options);
      const sqnr = await this.#judge.sqnr(made.model);
      const isBetter = sqnr > this.best.sqnr + (than ? leastGain : margin);
      const slowdown = isBetter && than ? await this.#judge.slowdown(made.model, than) : 1;
      const note = slowdown > slowest ? `takes ${slowdown.toFixed(2)} times as long` : undefined;
      this.#tried.push({ name, sqnr, seconds: secondsSince(started), ...(note && { note }) });
      // Variations of it do not search again.
      if (isBetter && !note) this.best = { name, options: goingOn(options, made), made, sqnr };
    } catch (error) {
      // What a target or the gradients refuse; the default is there all the same, and the report says so.
      if (!(error instanceof ModelError)) throw error;
      this.#tried.push({ name, sqnr: undefined, seconds: secondsSince(started), note: error.message });
    }
  }

  /**
   * The best setting with all samples, within a limit of the drop if there is one; as it was judged if that is better on
   * the held-back samples.
   */
  async finish(all: Calibration, limit: QuantizeOptions['limit']): Promise<QuantizedModel> {
    const { name, options, made, sqnr } = this.best;
    const further = { ...goingOn(options, made, all), ...(limit && { limit }) };
    const whole = await quantizeStatic(this.#model, all, further);
    const reached = await this.#judge.sqnr(whole.model);
    const isWhole = limit !== undefined || reached > sqnr - margin;
    const finished = { sqnr: isWhole ? reached : sqnr, isWhole };
    const facts = { tried: this.#tried, chosen: name, samples: this.#judge.samples, finished };
    const result = isWhole ? whole : made;
    const part = new AutoReport(facts);
    return {
      ...result,
      reports: [part, ...result.reports],
      describe: async () => (await result.describe()).withPart(part),
    };
  }
}

/** Options that take over what a run has searched. Where the float model is repaired it is another one: that is searched. */
function goingOn(
  options: QuantizeOptions,
  { searched }: QuantizedModel,
  more?: Calibration,
): QuantizeOptions {
  if (!searched || options.repairs?.some(({ stage }) => stage === 'float')) return options;
  const { tried } = searched;
  return { ...options, searchRanges: tried ? { from: tried, ...(more && { more }) } : false };
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;
