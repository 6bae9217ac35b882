import { type Loss, trainedParts } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import type { WorkOptions } from '../report.ts';
import { type FitOptions, fitSettings } from './fit-options.ts';
import { checkFit } from './fit-run.ts';
import { PreparedModel } from './prepare-model.ts';
import { initialState } from './trainer.ts';
import { Validator } from './validation.ts';

export interface TestLoss {
  /** Mean over the samples, without smoothing and class weights. */
  readonly loss: number;
  /** Name of the loss. */
  readonly name: Loss['name'];
  /** What it was measured on: name of the data set, split and number of samples. */
  readonly tested: string;
}

/**
 * The loss that `fit` would train with these options, over a split (default `test`) of the data, for a model as it is.
 * Throws what `fit` throws for model, data and options, and the signal's reason when aborted.
 */
export async function testLoss(
  model: Model,
  data: Dataset,
  { split = 'test', signal, ...options }: FitOptions & Pick<WorkOptions, 'signal'> & { split?: string } = {},
): Promise<TestLoss> {
  const prepared = new PreparedModel(model, { ...options, sample: data.sampleShape });
  const { model: start, teacher } = await prepared.copies();
  const frozen = prepared.frozen();
  const settings = fitSettings({ ...options, teacher }, { model: start, frozen, data });
  checkFit(start, data, settings);
  const validator = new Validator(prepared, data, { ...settings, split });
  try {
    const state = initialState(trainedParts(start.graph, { ...settings, frozen }), start, { states: [] });
    const { loss } = await validator.run(state, signal);
    const tested = `${data.name} ${split} ${data.size(split)}`;
    return { loss, name: settings.validationLoss.name, tested };
  } finally {
    await validator.release();
  }
}
