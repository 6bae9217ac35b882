import { type Dataset, fingerprint } from '../src/data/index.ts';
import type { Json, NewVariant, Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { cachedNote, keepReport, restoreReport, type StepInput, stepKey } from '../src/recipe/index.ts';
import type { Report } from '../src/report.ts';
import type { Context, Flag } from './magic.ts';

export const freshFlag: Flag = {
  name: 'fresh',
  kind: 'switch',
  summary: 'do it again, although the result for the same model, options and data is kept',
};

/** All that decides a result, and what it is called now. */
export interface KeptInput extends Pick<StepInput, 'step' | 'options' | 'model'> {
  /** Of the progress bar. */
  readonly label: string;
  readonly name: string;
  readonly data: Dataset | undefined;
  readonly parent?: Variant | undefined;
  /** Does it again, also where files beside the result are wanted. */
  readonly isFresh: boolean;
}

/** A new variant but for what is known beforehand, with its report. */
export type MadeVariant = Pick<NewVariant, 'model' | 'step' | 'options' | 'metrics' | 'tested'> & {
  readonly report: Report;
};

/** What is kept beside the bytes. */
interface Told {
  readonly [key: string]: Json | undefined;
  readonly step: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tested?: string;
  readonly report: Json;
}

/**
 * The variant that `make` gives, or that it gave before for the same input on this machine: running a notebook again
 * repeats no work. What an interruption cut short is not kept.
 */
export async function keptOrMade(
  input: KeptInput,
  context: Context,
  make: () => Promise<MadeVariant>,
): Promise<Variant> {
  const ledger = await context.ledger();
  const dataHash = input.data && (await fingerprint(input.data, { signal: context.signal }));
  const { step, options, model, name, parent } = input;
  const key = stepKey({ step: `%${step}`, options, model, data: dataHash });
  const place = {
    ...{ name, ...(parent && { parent }) },
    ...(input.data && { data: input.data.name, dataHash: dataHash! }),
  };
  const found = input.isFresh ? undefined : ledger.recall(key);
  if (found) {
    const { report, ...record } = found.told as unknown as Told;
    const variant = await ledger.add({ ...place, ...record, model: found.content });
    variant.report = restoreReport(report, cachedNote(found.created));
    context.progress(input.label).done(keptMessage(found.created));
    if (step === 'train') showCurve(variant.report, context);
    return variant;
  }
  const { report, model: made, ...record } = await make();
  const content = made instanceof Uint8Array ? made : writeModel(made);
  const variant = await ledger.add({ ...place, ...record, model: content });
  variant.report = report;
  if (!context.signal.aborted)
    await ledger.remember(key, content, {
      options: {},
      ...record,
      report: keepReport(report),
    } as unknown as Json);
  return variant;
}

/** The curve of a training that is not run again, where it would have been drawn. */
export function showCurve(training: Report | undefined, { curve, display }: Context): void {
  const [figure] = training?.charts ?? [];
  if (curve && figure) display(figure);
}

/** `kept from 2026-11-27 14:30 UTC; --fresh makes it again`. */
export const keptMessage = (created: string): string =>
  `kept from ${created.slice(0, 16).replace('T', ' ')} UTC; --fresh makes it again`;
