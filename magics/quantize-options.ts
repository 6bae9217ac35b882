import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import { type DropLimit, observerOf, prepare, type QuantizeOptions } from '../src/quantize/index.ts';
import { repairsByName } from '../src/quantize/repair/index.ts';
import { type Halves, halvesOf, metricOf, samplesOf } from '../src/quantize/search/index.ts';
import { targetOf } from '../src/targets/index.ts';
import type { ParsedLine } from './magic.ts';

type Flags = ParsedLine['flags'];

/** What a line of `%quantize` asks of static quantization, but for a limit of the drop. */
export function staticOptions(flags: Flags, model: Model): QuantizeOptions {
  const words = (flag: string) =>
    typeof flags[flag] === 'string' ? flags[flag].split(',').map((w) => w.trim()) : [];
  const exclude = words('exclude');
  return {
    observer: observerOf(String(flags.method)),
    ...(flags.target !== undefined && { target: targetOf(String(flags.target)) }),
    ...(flags.activations !== undefined && { activations: flags.activations as 'uint8' | 'int8' }),
    ...(flags.symmetric === true && { symmetric: true }),
    ...(flags['per-tensor'] === true && { perChannel: false }),
    ...(flags['reduce-range'] === true && { reduceRange: true }),
    ...bitsOf(flags),
    ...(exclude.length > 0 && { exclude: excluded(model, exclude) }),
    repairs: repairsByName(words('repair')),
  };
}

function bitsOf(flags: Flags): Pick<QuantizeOptions, 'weightBits' | 'activationBits'> {
  const weights = flags['weight-bits'];
  if (flags.w4a8 === true && weights !== undefined && weights !== 4)
    throw new UsageError(
      `%quantize: --w4a8 means weights of 4 bits, --weight-bits was ${weights}: leave one out`,
    );
  const weightBits = flags.w4a8 === true ? 4 : weights;
  return {
    ...(weightBits !== undefined && { weightBits: weightBits as number }),
    ...(flags['activation-bits'] !== undefined && { activationBits: flags['activation-bits'] as number }),
  };
}

/** First outputs of the nodes whose name, output or operator a pattern fits. Throws UsageError for one that fits none. */
function excluded(model: Model, patterns: readonly string[]): Set<string> {
  const { nodes } = prepare(model).graph;
  return new Set(
    patterns.flatMap((pattern) => {
      const fits = wildcard(pattern);
      const found = nodes.filter((node) =>
        [node.name, node.output().name, node.opType].some((word) => fits.test(word)),
      );
      if (found.length > 0) return found.map((node) => node.output().name);
      const some = nodes.slice(0, 8).map((node) => node.name || node.output().name);
      throw new UsageError(
        `%quantize: --exclude must name nodes, outputs or operators of the model, '${pattern}' fits none. There are ${some.join(', ')}${nodes.length > 8 ? ', ...' : ''}`,
      );
    }),
  );
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

/** The limit of `--max-drop`, and the halves of the data that it is searched and reported on; undefined without one. */
export function limitOf(
  flags: Flags,
  { model, data }: { readonly model: Model; readonly data: Dataset },
): { readonly limit: DropLimit; readonly halves: Halves } | undefined {
  if (flags['max-drop'] === undefined) {
    if (flags.metric !== undefined)
      throw new UsageError(
        '%quantize: --metric is what --max-drop limits: give that too, as in --max-drop 0.5%',
      );
    return undefined;
  }
  if (!data.splitNames.includes('test'))
    throw new UsageError(
      `%quantize: for --max-drop ${data.name} must have a split 'test', has ${data.splitNames.join(', ')}. Hold one out: %data NAME --test 0.2`,
    );
  const hasLabels = data.split('test').labels !== undefined;
  const metric = metricOf(String(flags.metric ?? (hasLabels ? 'top1' : 'fidelity')));
  if (metric.needsLabels && !hasLabels)
    throw new UsageError(
      `%quantize: --metric ${metric.name} needs labels, ${data.name} has none: use fidelity`,
    );
  const halves = halvesOf(data, 'test', flags.seed as number);
  const samples = samplesOf(model, halves.search, 'test');
  return { limit: { maxDrop: shareOf(String(flags['max-drop'])), metric, samples }, halves };
}

/** Reads `0.5%` or `0.005`. */
function shareOf(text: string): number {
  const [, number, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  const share = Number(number) / (percent ? 100 : 1);
  if (share > 0 && share < 1) return share;
  throw new UsageError(
    `%quantize: --max-drop must be a share of more than 0 and less than 1, as 0.5% or 0.005, was '${text}'`,
  );
}
