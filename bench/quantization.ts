/**
 * Our quantizer beside onnxruntime.quantization and NNCF, on the same float files with the same calibration samples:
 * accuracy with intervals, SQNR of the outputs, size, wall time and peak memory. Each of the others is tried with all its
 * settings and keeps the best; ours is held to its first one. Models are trained on first use (out/quant-models).
 *
 *     npm run bench:quant -- [--quick] [--untimed] [--reuse-peers] [--no-limits] [--samples=N] [model ...]
 *
 * EDGEBOOK_QUANT_PYTHON: a Python with `bench/quantization.requirements.txt`; without one only ours run. EDGEBOOK_BENCH_DEBIAN:
 * see `quantization-debian.ts`. `--quick`: two models;
 * `--untimed`: accuracy alone, as when the machine is busy; `--samples`: of the test split, the first ones; `--reuse-peers`: files that
 * the others made in an earlier run are judged as they are; `--no-limits`: without `quantization-control.ts`. Everything goes to out/quantization.json as well.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { UsageError } from '../src/errors.ts';
import { type Comparison, compare } from './quantization-compare.ts';
import { peers } from './quantization-contestants.ts';
import { accuracyControl, cases, seedCount } from './quantization-control.ts';
import { costClaims, costTable } from './quantization-cost.ts';
import { describe as describeTail, heavyTail } from './quantization-entropy.ts';
import { prepareModel } from './quantization-models.ts';
import { recipes } from './quantization-recipes.ts';
import { claims, claimTable, modelTable } from './quantization-report.ts';

const quick = ['mnist-cnn', 'mobilenetv1-0.25'];
const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('--'));
const isTimed = !words.includes('--untimed');
const isReused = words.includes('--reuse-peers');
const limit = words.flatMap((word) => /^--samples=(\d+)$/.exec(word)?.[1] ?? []).map(Number)[0];
const names = named.length > 0 ? named : words.includes('--quick') ? quick : Object.keys(recipes);

if (peers.missing) console.log(`WITHOUT onnxruntime.quantization and NNCF: ${peers.missing}\n`);
if (isReused) console.log('Files of the others: those of an earlier run, where there are any\n');
const comparisons: Comparison[] = [];
for (const name of names) {
  const comparison = await compareOne(name);
  if (!comparison) continue;
  comparisons.push(comparison);
  save({ comparisons });
  console.log(`${modelTable(comparison)}\n`);
}
const { tail, controls, limits } = await others();
const verdicts = [...claims(comparisons), ...costClaims(comparisons), ...tail, ...limits];
save({ comparisons, controls, verdicts });
console.log(`${costTable(comparisons)}\n`);
console.log(claimTable(verdicts));
const minutes = performance.now() / 60_000;
console.log(
  `${verdicts.filter(({ holds }) => holds).length} of ${verdicts.length} hold; ${minutes.toFixed(1)} minutes`,
);
process.exitCode = comparisons.length === names.length ? 0 : 1;

/** The heavy tail and the limits of the drop, for networks that were asked for; `--quick` leaves the limits out. */
async function others() {
  const folder = 'out/quant-results';
  const tail = names.includes('mnist-cnn') ? await heavyTail(folder) : undefined;
  if (tail) console.log(`heavy tail\n${tail.rows.map((row) => `  ${describeTail(row)}`).join('\n')}\n`);
  const isAsked = (name: string) => comparisons.some(({ prepared }) => prepared.name === cases[name]!.model);
  const isShort = words.includes('--quick') || words.includes('--no-limits');
  const wanted = isShort ? [] : Object.keys(cases).filter(isAsked);
  const { controls, verdicts: limits } = await accuracyControl(wanted, { seeds: seedCount, folder });
  return { tail: tail ? [tail.claim] : [], controls, limits };
}

/** Undefined, and said, where data of the model are missing. */
async function compareOne(name: string): Promise<Comparison | undefined> {
  try {
    const prepared = { ...(await prepareModel(name, 'out/quant-models')), ...(limit && { limit }) };
    const started = performance.now();
    const comparison = await compare(prepared, { folder: 'out/quant-results', isTimed, isReused });
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`(${seconds} s, load of the machine ${loadavg()[0]!.toFixed(1)})`);
    return comparison;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.log(`${name}: NOT RUN. ${error.message}\n`);
    return undefined;
  }
}

function save(results: unknown): void {
  mkdirSync('out', { recursive: true });
  writeFileSync('out/quantization.json', JSON.stringify(results, withoutSamples, 1));
}

/** Single judgements would be most of the file. */
function withoutSamples(key: string, value: unknown): unknown {
  return key === 'right' ? undefined : value;
}
