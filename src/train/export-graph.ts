import { type FlatLayout, trainingGraph } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { type FitOptions, fitSettings } from './fit-options.ts';
import { frozenConstants } from './freeze.ts';
import { isSchedule, withMasks } from './masks.ts';
import { PreparedModel } from './prepare-model.ts';
import { withValidationSplit } from './validation.ts';

/**
 * The graph that `fit` would run with these options and `standardKernels`, as a model that trains by itself wherever onnxruntime runs, the
 * weights inside. Feed `images` [K,B,...sample], `labels` [K,B] (or `targets`) and the rates [K] of K steps, and for each state
 * (`parameters`, the optimizer's, `buffers`) at first an empty float32 tensor, then the output of its name with a prime.
 * The metadata tell the optimizer (`edgebook.optimizer`), its rates at step 1 for learning rate 1 (`edgebook.rates`), and
 * where each weight is in `parameters` and `buffers` (JSON lists of name, shape and offset).
 * `data` tell what `fit` takes from them: sizes that the input leaves open, a loss, a target, balanced class weights. Throws what
 * `fit` throws for model and options.
 */
export async function exportTrainingGraph(
  model: Model,
  options: FitOptions = {},
  data?: Dataset,
): Promise<Model> {
  const { freeze, freezeBatchNorm: batchNorm, batchSize, teacher: given, masks } = options;
  if (masks && isSchedule(masks))
    throw new UsageError(
      `Masks that change are for 'fit', a training graph has fixed ones: give those of '${masks.name}' that hold at the end`,
    );
  const prepared = new PreparedModel(withMasks(model, masks), {
    batchSize,
    teacher: given,
    sample: data?.sampleShape,
  });
  const { model: start, teacher } = await prepared.copies();
  const frozen = prepared.frozen(frozenConstants(start, { freeze, batchNorm }));
  const split = data && withValidationSplit(data, options);
  const settings = fitSettings({ ...options, teacher }, { model: start, frozen, data: split });
  const { optimizer } = settings;
  const {
    model: exported,
    parameters,
    buffers,
  } = trainingGraph(start, { ...settings, masks, keepsStart: true });
  const notes = {
    optimizer: optimizer.name,
    rates: JSON.stringify(optimizer.rates(1, 1)),
    parameters: JSON.stringify(places(parameters)),
    buffers: JSON.stringify(places(buffers)),
  };
  for (const [key, value] of Object.entries(notes)) exported.metadata.set(`edgebook.${key}`, value);
  return exported;
}

function places({ slots }: FlatLayout) {
  let offset = 0;
  return slots.map(({ name, shape, size }) => {
    const place = { name, shape, offset };
    offset += size;
    return place;
  });
}
