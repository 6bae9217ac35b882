import { scoresClasses } from '../bench/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { halvesOf } from '../quantize/search/index.ts';
import type { Budget } from './budget.ts';

/** A split of a data set. */
export interface Part {
  readonly data: Dataset;
  readonly split: string;
}

/** Samples to judge models by, and others for the verdict that no decision has seen. */
export interface Parts {
  readonly deciding: Part;
  readonly heldOut: Part;
  /** Whether the deciding samples are the search half of the test split, as `%quantize --max-drop` takes it. */
  readonly isHalved: boolean;
}

/**
 * The validation split decides, and the test split is held out; without a validation split one half of the test split
 * decides, chosen at random: a model does better on what it was trained on, so that its training split would not do.
 * Undefined where accuracy cannot be told and the budget does not ask. Throws UsageError if it does.
 */
export function partsOf(data: Dataset, model: Model, budget: Budget): Parts | undefined {
  const asked = budget.find(({ quantity }) => quantity.name === 'drop' || quantity.name === 'accuracy');
  const missing = missingFor(data, model);
  if (missing !== undefined) {
    if (!asked) return undefined;
    throw new UsageError(`'${asked.text}' needs the accuracy, which cannot be told: ${missing}`);
  }
  if (data.splitNames.includes('validation') && data.split('validation').labels)
    return {
      ...{ deciding: { data, split: 'validation' }, heldOut: { data, split: 'test' } },
      isHalved: false,
    };
  const { search, report } = halvesOf(data, 'test');
  return {
    ...{ deciding: { data: search, split: 'test' }, heldOut: { data: report, split: 'test' } },
    isHalved: true,
  };
}

/** What is missing for an accuracy on test samples. */
function missingFor(data: Dataset, model: Model): string | undefined {
  if (!data.splitNames.includes('test'))
    return `'${data.name}' has no split 'test'. Hold one out: %data NAME --test 0.2`;
  if (!data.split('test').labels) return `the test split of '${data.name}' has no labels`;
  if (data.size('test') < 2) return `the test split of '${data.name}' must have two samples or more`;
  if (!scoresClasses(model, data))
    return `the model does not score the ${data.classNames.length} classes of '${data.name}'`;
  return undefined;
}
