import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model, Node } from '../src/ir/index.ts';
import {
  type DropLimit,
  observerOf,
  prepare,
  type QuantizeOptions,
  schemeFor,
} from '../src/quantize/index.ts';
import { repairsByName } from '../src/quantize/repair/index.ts';
import { type Halves, halvesOf, metricOf, splitSamples } from '../src/quantize/search/index.ts';
import { targetOf, thisCpuLacksVnni } from '../src/targets/index.ts';
import type { ParsedLine } from './magic.ts';
import { scoresClasses } from './scores-classes.ts';

type Flags = ParsedLine['flags'];

/** What a line of `%quantize` asks of static quantization, but for a limit of the drop. */
export function staticOptions(flags: Flags, model: Model): QuantizeOptions {
  const options = integerOptions(flags);
  const exclude = words(flags.exclude);
  return {
    ...options,
    ...rangesBy(String(flags.method ?? 'min-max'), options),
    ...(flags['float-outputs'] === true && { floatOutputs: true }),
    ...(flags['min-sqnr'] !== undefined && { minSqnr: flags['min-sqnr'] as number }),
    ...(exclude.length > 0 && { exclude: excluded(model, exclude) }),
    repairs: repairsByName(words(flags.repair)),
  };
}

/** No observer: `quantizeAuto`, and before a training the search of ranges alone, which narrows what min-max gives. */
export const searched = {
  name: 'auto',
  summary:
    'best of several settings on samples held back: searched ranges, corrected biases, a few layers float',
} as const;

function rangesBy(method: string, options: QuantizeOptions): QuantizeOptions {
  if (method === searched.name) return { searchRanges: true };
  const { integers, symmetric } = schemeFor({ ...options, reduceRange: false }).activations;
  return { observer: observerOf(method, { ...(integers && { integers }), ...(symmetric && { symmetric }) }) };
}

function integerOptions(flags: Flags): QuantizeOptions {
  return {
    ...(flags.target !== undefined && { target: targetOf(String(flags.target)) }),
    ...(flags.activations !== undefined && { activations: flags.activations as 'uint8' | 'int8' }),
    ...(flags.symmetric === true && { symmetric: true }),
    ...(flags['per-tensor'] === true && { perChannel: false }),
    ...reduced(flags),
    ...bitsOf(flags),
  };
}

/** The words of a flag that takes several, with commas. */
export const words = (flag: Flags[string]): string[] =>
  typeof flag === 'string' ? flag.split(',').map((word) => word.trim()) : [];

/** What `reduced` chooses for want of a target: it depends on this processor, so that a recipe must tell it. */
export const reducedHere = ({ target }: Flags): { readonly 'reduce-range'?: 'observed' | 'never' } =>
  target === undefined ? { 'reduce-range': thisCpuLacksVnni() === true ? 'observed' : 'never' } : {};

/** Without the flag: what the target wants, and without one what this processor needs. */
function reduced({ 'reduce-range': asked, target }: Flags): Pick<QuantizeOptions, 'reduceRange'> {
  if (asked === undefined)
    return target === undefined && thisCpuLacksVnni() === true ? { reduceRange: 'observed' } : {};
  return { reduceRange: asked === 'observed' ? asked : asked === 'always' };
}

function bitsOf(flags: Flags): Pick<QuantizeOptions, 'weightBits' | 'activationBits'> {
  const weightBits = flags.w4a8 === true ? 4 : flags['weight-bits'];
  return {
    ...(weightBits !== undefined && { weightBits: weightBits as number }),
    ...(flags['activation-bits'] !== undefined && { activationBits: flags['activation-bits'] as number }),
  };
}

/** First outputs of the nodes that patterns fit. */
const excluded = (model: Model, patterns: readonly string[]): Set<string> =>
  new Set(fitting(model, patterns).map((node) => node.output().name));

/** The same, and their own names, for schemes that know nodes by these. */
export const excludedNames = (model: Model, patterns: readonly string[]): string[] =>
  fitting(model, patterns).flatMap((node) => [node.name, node.output().name].filter(Boolean));

/** Nodes whose name, output or operator a pattern fits. Throws UsageError for one that fits none. */
function fitting(model: Model, patterns: readonly string[]): Node[] {
  const { nodes } = prepare(model).graph;
  return patterns.flatMap((pattern) => {
    const fits = wildcard(pattern);
    const found = nodes.filter((node) =>
      [node.name, node.output().name, node.opType].some((word) => fits.test(word)),
    );
    if (found.length > 0) return found;
    const some = nodes.slice(0, 8).map((node) => node.name || node.output().name);
    throw new UsageError(
      `%quantize: --exclude must name nodes, outputs or operators of the model, '${pattern}' fits none. There are ${some.join(', ')}${nodes.length > 8 ? ', ...' : ''}`,
    );
  });
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

/** The limit of `--max-drop`, and the halves of the data that it is searched and reported on; undefined without one. */
export function limitOf(
  flags: Flags,
  { model, data }: { readonly model: Model; readonly data: Dataset | undefined },
): { readonly limit: DropLimit; readonly halves: Halves } | undefined {
  if (flags['max-drop'] === undefined || !data) return undefined;
  if (!data.splitNames.includes('test'))
    throw new UsageError(
      `%quantize: for --max-drop ${data.name} must have a split 'test', has ${data.splitNames.join(', ')}. Hold one out: %data NAME --test 0.2`,
    );
  const isTold = data.split('test').labels !== undefined && scoresClasses(model, data);
  const metric = metricOf(String(flags.metric ?? (isTold ? 'top1' : 'fidelity')));
  if (metric.needsLabels && !isTold)
    throw new UsageError(
      `%quantize: --metric ${metric.name} needs labels and a model that scores their classes, ${data.name} and the model do not have both: use fidelity`,
    );
  const halves = halvesOf(data, 'test', (flags.seed as number | undefined) ?? 0);
  const samples = splitSamples(model, halves.search, 'test');
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
