import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Json } from '../src/ledger/index.ts';
import type { Pattern, PruneOptions } from '../src/prune/index.ts';
import { isRegression } from '../src/train/index.ts';
import type { ParsedLine } from './magic.ts';
import { quantity } from './quantity.ts';
import { fitFlags, inFlags } from './train-options.ts';

/** The flags in the words of `prune`, as the ledger has them: what cannot be written as JSON is not in them. */
export type AskedPruning = Omit<PruneOptions, 'latency' | 'signal' | 'onProgress' | 'keepInterrupted'> & {
  readonly [key: string]: Json | undefined;
};

/** Throws UsageError for flags that contradict each other. */
export function askedPruning({ flags, ...line }: ParsedLine, data: Dataset): AskedPruning {
  const what = whatOf(flags);
  const { epochs, ...training } = fitFlags({ ...line, flags: { ...flags, schedule: flags['lr-schedule'] } });
  const { sparsity, macs, importance, schedule, rounds, samples } = flags;
  const isUnsaid = [sparsity, macs, flags.latency].every((goal) => goal === undefined);
  return given({
    ...{ what, importance, schedule, rounds, samples, epochs, macs },
    sparsity: isUnsaid && (what === 'channels' || what === 'unstructured') ? 0.5 : sparsity,
    scope: onlyOne(flags, ['global', 'uniform']),
    roundTo: flags['round-to'],
    minChannels: flags['min-channels'],
    keep: typeof flags.keep === 'string' ? words(flags.keep) : undefined,
    permute: flags.permute === true || undefined,
    distill: flags.distill === true || undefined,
    training:
      training.loss === undefined && !flags.distill && isRegression(data)
        ? { ...training, loss: 'mse' }
        : training,
  }) as AskedPruning;
}

/** The time that a run may take, in ms; undefined if none was asked for. */
export const askedLatency = ({ latency }: ParsedLine['flags']): number | undefined =>
  latency === undefined
    ? undefined
    : quantity(String(latency), {
        what: '%prune: --latency',
        units: { s: 1000, ms: 1, us: 1e-3, µs: 1e-3 },
        example: '5ms',
      });

/** What is pruned. */
export function whatOf(flags: ParsedLine['flags']): 'channels' | Pattern {
  const chosen = onlyOne(flags, ['structured', 'unstructured', 'n:m']);
  if (chosen === 'unstructured') return 'unstructured';
  if (chosen !== 'n:m') return 'channels';
  const [, n, m] = /^(\d+):(\d+)$/.exec(String(flags['n:m'])) ?? [];
  if (n && m && Number(n) >= 1 && Number(n) < Number(m)) return { n: Number(n), m: Number(m) };
  throw new UsageError(
    `%prune: --n:m must be two whole numbers, the first of them smaller, as 2:4; was '${flags['n:m']}'`,
  );
}

/** The one of some flags that is given; undefined if none is. */
function onlyOne(flags: ParsedLine['flags'], names: readonly string[]): string | undefined {
  const chosen = names.filter((name) => flags[name] !== undefined && flags[name] !== false);
  if (chosen.length < 2) return chosen[0];
  throw new UsageError(`%prune: --${chosen[0]} and --${chosen[1]} contradict: leave one out`);
}

/** The parts of a list with commas. */
export const words = (text: string): string[] => text.split(',').map((word) => word.trim());

const given = (options: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Options of `prune` whose flag has another name, or that a training does not have. */
const own: Readonly<Record<string, string>> = { roundTo: 'round-to', minChannels: 'min-channels' };
const names = /'(sparsity|sparsities|samples|macs|latency|roundTo|minChannels|rounds|keep|distill)'/g;

/** What `prune` says of its options, for who writes flags. */
export const inPruneFlags = (message: string): string =>
  inFlags(message).replace(names, (_, name: string) => `--${own[name] ?? name}`);
