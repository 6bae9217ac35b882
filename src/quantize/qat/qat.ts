import { trainedConstants } from '../../autodiff/index.ts';
import type { Dataset } from '../../data/index.ts';
import { ModelError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { type FitOptions, fit, optimizers, testLoss, withValidationSplit } from '../../train/index.ts';
import { emit } from '../emit.ts';
import type { Encodings } from '../encodings.ts';
import type { PlanOptions } from '../plan.ts';
import { planOf } from '../prepare.ts';
import { fewestBits } from './bits.ts';
import { type FakeModel, fakeModel } from './fake-model.ts';
import { unfoldNormalizations } from './frozen-normalization.ts';
import { learnedEncodings, learnedFloat } from './learned-encodings.ts';
import { QatReport } from './qat-report.ts';

/** As for `fit`, whose teacher is the float model. */
export interface QatOptions extends Omit<FitOptions, 'teacher' | 'freezeBatchNorm'> {
  /** What the encodings were made for. */
  readonly plan?: PlanOptions;
  /**
   * Learns what the float model computes, which needs no labels: its class scores by the KL divergence, other outputs
   * by the mean squared error. Default true; false learns what `loss` and `target` say, as `fit` does.
   */
  readonly distill?: boolean;
  /**
   * The model that `float` was prepared from: its batch normalizations are then trained as such, statistics frozen, what
   * is rounded their weight * gamma / deviation. Default: they are folded, and the folded weights are trained.
   */
  readonly unfolded?: Model;
}

export interface QatResult {
  /** Integers. */
  readonly model: Model;
  /** The float model with the learned weights, which these encodings are of. */
  readonly float: Model;
  readonly encodings: Encodings;
  readonly report: QatReport;
}

/**
 * Quantization-aware training (Jacob et al. 2018, arXiv 1712.05877; LSQ, Esser et al. 2019, arXiv 1902.08153): trains the
 * prepared float model while weights, bias and activations are rounded to the integers of `encodings`, then writes these
 * integers. Scales stay unless `learnScales`. What is exported computes what was trained. Default learning rate: that of
 * a float training, less for more bits; schedule `cosine`. With a validation split the best epoch is the result, which may be
 * the start. Throws what `fit` throws.
 */
export async function qat(
  float: Model,
  encodings: Encodings,
  { data, ...options }: QatOptions & { readonly data: Dataset },
): Promise<QatResult> {
  checkOpset(float);
  const folded = fakeModel(float, encodings, options.plan);
  const { fake, freeze, fold } = unfoldNormalizations(folded, options.unfolded);
  const kept = [...freeze, ...fixedScales(float, folded, options.plan)];
  const settings = settingsFor({ float, encodings, data, freeze: kept }, options);
  const before = await startLoss(fake, data, settings);
  const trained = await fit(fake.model, data, settings);
  const best = Math.min(...trained.report.validation.map(({ loss }) => loss));
  const isWorse = before !== undefined && !(best <= before);
  const result = isWorse ? fake.model : trained.model;
  const learned = new Map([...result.graph.initializers].map(([name, { tensor }]) => [name, tensor!]));
  fold(learned);
  const after = learnedEncodings(fake, (name) => learned.get(name)!, encodings);
  const floatAfter = learnedFloat(float, fake, learned);
  const { model } = emit(floatAfter, after, { ...(options.plan && { plan: options.plan }) });
  const report = new QatReport({
    before: encodings,
    after,
    training: trained.report,
    startLoss: before,
    isWorse,
  });
  return { model, float: floatAfter, encodings: after, report };
}

function checkOpset({ opset }: Model): void {
  if (opset >= 13) return;
  throw new ModelError(
    `The model's operator set must be 13 or newer to be trained with integers, is ${opset}: upgrade or export it with a newer one`,
  );
}

/** Scales that the target's kernels write and no others, by name: they are not learned. */
function fixedScales(float: Model, { model, activations }: FakeModel, plan: PlanOptions = {}): string[] {
  const learned = new Set(trainedConstants(model.graph).scales.map(({ name }) => name));
  return [...planOf(float, plan).fixed].flatMap(([{ name }, encoding]) => {
    const scale = 'scale' in encoding ? activations.get(name) : undefined;
    return scale !== undefined && learned.has(scale) ? [scale] : [];
  });
}

interface Subject {
  readonly float: Model;
  readonly encodings: Encodings;
  readonly data: Dataset;
  /** Statistics and scales that stay. */
  readonly freeze: readonly string[];
}

/** The options as `fit` takes them. */
function settingsFor(
  { float, encodings, data, freeze }: Subject,
  { plan: _, unfolded: __, distill = true, ...options }: QatOptions,
): FitOptions {
  const { optimizer = 'adam', epochs = 1 } = options;
  const usual = typeof optimizer === 'string' ? optimizers[optimizer]?.rate : undefined;
  const validates = options.validation !== undefined || data.splitNames.includes('validation');
  return {
    ...{ schedule: 'cosine', freezeBatchNorm: true, keepInterrupted: true },
    learningRate: (usual ?? 1e-3) * rateFactor(fewestBits(encodings)),
    // The best epoch is the result; nothing stops early.
    ...(validates && { patience: epochs }),
    ...options,
    freeze: [...(options.freeze ?? []), ...freeze],
    ...(distill && distillation(float)),
  };
}

/** Part of the learning rate of a float training: with 8 bits little is to be mended, with few nearly all is learned anew. */
const rateFactor = (bits: number): number => (bits >= 8 ? 0.01 : bits >= 4 ? 0.1 : 0.5);

/** Class scores are compared as such, everything else as numbers. */
function distillation(float: Model): Pick<FitOptions, 'teacher' | 'loss' | 'target'> {
  const shape = float.graph.outputs[0]?.shape;
  const isScores = shape?.length === 2 && shape[1] !== 1;
  return isScores ? { teacher: float, loss: 'kl' } : { teacher: float, loss: 'mse', target: 'teacher' };
}

/** The validation loss before the first step, if the training validates. */
async function startLoss(fake: FakeModel, data: Dataset, options: FitOptions): Promise<number | undefined> {
  const split = withValidationSplit(data, options);
  if (!split.splitNames.includes('validation')) return undefined;
  return (await testLoss(fake.model, split, { ...options, split: 'validation' })).loss;
}
