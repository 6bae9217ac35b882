/** What quantizing takes: ours beside `quantize_static`, as a table of ratios and as claims. */
import { bestOf, type Comparison, defaultOf, plainOf, type Timed } from './quantization-compare.ts';
import { aligned, type Claim } from './quantization-report.ts';

/** How much of the others' may be used. */
const share = 0.5;

interface Cost {
  readonly name: string;
  of(timed: Timed): number;
}

/**
 * The quantizing call is from the file to the file, as `quantize_static` is: nobody's imports, and not onnxruntime's preprocessing. The process is all
 * that a user of a command line waits for; a second call is what one in a notebook does.
 */
const costs: readonly Cost[] = [
  { name: 'wall time of the call', of: ({ call }) => call.seconds },
  { name: 'wall time of a second call', of: ({ warm }) => warm.seconds },
  { name: 'wall time of the process', of: ({ total }) => total },
  {
    name: 'wall time of the call and of the report that only ours gives',
    of: ({ call, report }) => call.seconds + (report?.seconds ?? 0),
  },
  { name: 'processor time of the call', of: ({ call }) => call.processor },
  { name: 'peak memory of the process', of: ({ call }) => call.peak },
  {
    name: 'peak memory of the process with that report',
    of: ({ call, report }) => report?.peak ?? call.peak,
  },
  { name: 'peak memory above what was loaded', of: ({ call, basePeak }) => call.peak - basePeak },
];

/** Ours and one setting of onnxruntime's on one model. */
interface Pair {
  readonly name: string;
  readonly ours: Timed;
  readonly theirs: Timed;
}

const rivals = [
  {
    title: "quantize_static's default, MinMax, by our default",
    own: ({ entries }: Comparison) => defaultOf(entries),
    pick: (all: Comparison) => plainOf(all.entries, 'onnxruntime'),
  },
  {
    title: "quantize_static's default, MinMax, by our first setting",
    own: ({ entries }: Comparison) => plainOf(entries, 'edgebook'),
    pick: (all: Comparison) => plainOf(all.entries, 'onnxruntime'),
  },
  {
    title: "quantize_static's most accurate setting, by our first setting",
    own: ({ entries }: Comparison) => plainOf(entries, 'edgebook'),
    pick: ({ entries, prepared }: Comparison) => bestOf(entries, 'onnxruntime', prepared),
  },
] as const;

const pairsOf = (comparisons: readonly Comparison[], { own, pick }: (typeof rivals)[number]): Pair[] =>
  comparisons.flatMap((comparison) => {
    const [ours, theirs] = [own(comparison)?.timed, pick(comparison)?.timed];
    return ours && theirs ? [{ name: comparison.prepared.name, ours, theirs }] : [];
  });

const ratio = ({ ours, theirs }: Pair, { of }: Cost): number => of(ours) / of(theirs);

const geometricMean = (numbers: readonly number[]): number =>
  Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);

/** Ours as a share of theirs, model by model, against each of the two. */
export const costTable = (comparisons: readonly Comparison[]): string =>
  rivals
    .flatMap((rival) => {
      const { title } = rival;
      const pairs = pairsOf(comparisons, rival);
      if (pairs.length === 0) return [];
      const rows = pairs.map((pair) => [
        pair.name,
        `${pair.ours.call.seconds.toFixed(2)} / ${pair.theirs.call.seconds.toFixed(2)} s`,
        ...costs.map((cost) => ratio(pair, cost).toFixed(2)),
      ]);
      const columns = ['model', 'wall', ...costs.map(({ name }) => name)];
      return [`ours as a share of ${title}`, ...aligned([columns, ...rows])];
    })
    .join('\n');

/** One claim for each cost and rival: it holds where the ratio does on every model. */
export const costClaims = (comparisons: readonly Comparison[]): Claim[] =>
  rivals.flatMap((rival) => {
    const pairs = pairsOf(comparisons, rival);
    return pairs.length === 0 ? [] : costs.map((cost) => claimOf(cost, pairs, rival.title));
  });

function claimOf(cost: Cost, pairs: readonly Pair[], title: string): Claim {
  const ratios = pairs.map((pair) => ratio(pair, cost));
  const each = pairs.map(({ name }, i) => `${name} ${ratios[i]!.toFixed(2)}`).join(', ');
  const below = ratios.filter((one) => one <= share).length;
  return {
    text: `${cost.name} <= ${share} of ${title}`,
    holds: below === pairs.length,
    evidence: `${below} of ${pairs.length} models, mean ${geometricMean(ratios).toFixed(2)}: ${each}`,
  };
}
