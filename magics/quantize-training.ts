import { UsageError } from '../src/errors.ts';
import type { QuantizeOptions, TrainedOptions } from '../src/quantize/index.ts';
import type { FitProgress } from '../src/train/index.ts';
import type { LiveCurve } from './magic.ts';
import type { Job } from './quantize-make.ts';
import { checkpointOptions, inFlags } from './train-options.ts';

/** How `--qat` trains, with the curve that shows it. Throws UsageError for what does not go with the quantization. */
export async function trainingOptions(
  { flags, line, context, label, model, data, work }: Job,
  { repairs = [] }: QuantizeOptions,
): Promise<{ readonly training: TrainedOptions['training']; readonly curve: LiveCurve | undefined }> {
  const changing = flags.bn === 'freeze' ? repairs.filter(({ stage }) => stage === 'float') : [];
  if (changing.length > 0)
    throw new UsageError(
      `%quantize: --bn freeze trains the normalizations of the model as it was, --repair ${changing[0]!.name} changes the weights before them: leave one out`,
    );
  const curve = context.curve?.(label);
  const { epochs, batch: batchSize, lr: learningRate, validation, seed } = flags;
  const training: TrainedOptions['training'] = {
    ...given({ epochs, batchSize, learningRate, validation, seed }),
    ...(flags['learn-scales'] === true && { learnScales: true }),
    ...(flags.labels === true && { distill: false }),
    ...(flags.bn === 'freeze' && { unfolded: model }),
    ...(await checkpointOptions(line, context)),
    data: data!,
    signal: context.signal,
    onProgress: (progress: FitProgress) => {
      work.onProgress?.(progress);
      curve?.update(progress.steps);
    },
  };
  return { training, curve };
}

const given = (options: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** What a training says of its options, for who writes flags. */
export const trainingError = (error: unknown): unknown =>
  error instanceof UsageError ? new UsageError(inFlags(error.message), { cause: error }) : error;
