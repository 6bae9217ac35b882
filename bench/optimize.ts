/**
 * Whether `%optimize` keeps what it promises: budgets on real networks, over several seeds. A network is trained once a seed
 * and kept in out/prune-models. The search decides on one half of the official test digits; every figure below is of the other half,
 * which no decision has seen, and latencies are medians of three alternating measurements against the original. Then
 * the recipe is written, read and replayed, for the MNIST network by `edgebook apply` in a process of its own, and the bytes are compared.
 * Exit code 1 if a limit is not kept or the bytes differ.
 *
 *     node bench/optimize.ts [--seeds 3] [--effort quick] [cnn] [resnet8]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TrialVariants } from '../magics/optimize-variants.ts';
import { recipeSteps } from '../magics/recipe-steps.ts';
import { type Dataset, mnist } from '../src/data/index.ts';
import { Ledger, type Variant } from '../src/ledger/index.ts';
import { readModel, saveModel, writeModel } from '../src/onnx/index.ts';
import { readRecipe, recipeOf, replay, sha256, writeRecipe } from '../src/recipe/index.ts';
import { Report } from '../src/report.ts';
import { type OptimizedToBudget, optimizeToBudget } from '../src/search/index.ts';
import { type FitOptions, fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { digits } from './quantization-data.ts';

interface Network {
  readonly open: () => Promise<Dataset>;
  readonly training: FitOptions;
  readonly budget: string;
  /** Options of every training of the search. */
  readonly tuning: { readonly limit?: number };
}

const oneCycle = { schedule: 'one-cycle', learningRate: 0.005 } as const;

const networks: Readonly<Record<string, Network>> = {
  cnn: {
    open: mnist,
    training: { ...oneCycle, learningRate: 0.003, epochs: 4 },
    budget: 'latency<70%@local, size<100kB, macs<20%, drop<0.5%',
    tuning: {},
  },
  resnet8: {
    open: () => digits(32),
    training: { ...oneCycle, epochs: 4, limit: 8_000 },
    budget: 'latency<90%@local, size<60kB, drop<1%',
    tuning: { limit: 20_000 },
  },
};

/** The trained network of a seed: what is there already is read. */
async function trained(
  name: string,
  { training }: Network,
  { data, seed }: { data: Dataset; seed: number },
): Promise<Uint8Array> {
  const start = architecture(name, { sample: data.sampleShape, classes: 10, seed });
  const hash = createHash('sha256')
    .update(JSON.stringify({ training, data: data.name }))
    .update(writeModel(start));
  const path = join('out', 'prune-models', `${name}-${seed}-${hash.digest('hex').slice(0, 12)}.onnx`);
  if (!existsSync(path)) {
    mkdirSync(join('out', 'prune-models'), { recursive: true });
    const { model } = await fit(start, data, { ...training, seed });
    await saveModel(model, path);
  }
  return writeModel(readModel(readFileSync(path)));
}

interface Outcome {
  readonly seed: number;
  readonly found: OptimizedToBudget;
  readonly isSame: boolean;
  readonly seconds: number;
}

async function outcomeOf(name: string, seed: number, effort: string): Promise<Outcome> {
  const network = networks[name]!;
  const data = await network.open();
  const source = await trained(name, network, { data, seed });
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-optimize-'));
  try {
    const ledger = await Ledger.open(join(folder, '.edgebook'), { readModel, writeModel });
    const original = await ledger.add({ name, model: source, step: 'load' });
    const variants = new TrialVariants({ name: `${name}_small`, source: original, data }, ledger);
    const started = performance.now();
    const found = await optimizeToBudget(source, data, {
      ...{ budget: network.budget, steps: recipeSteps, name: `${name}, seed ${seed}`, effort },
      training: { ...network.tuning, seed },
      onTrial: (trial) => variants.add(trial),
    });
    const seconds = (performance.now() - started) / 1000;
    const variant = await variants.finish(found.best, found.verdict?.evaluation);
    const isSame = await replaysTo(variant, { source, data, folder });
    return { seed, found, isSame, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether the variant's recipe, as a file, makes its bytes again from the original's. */
async function replaysTo(
  variant: Variant,
  { source, data, folder }: { source: Uint8Array; data: Dataset; folder: string },
): Promise<boolean> {
  const [recipeFile, sourceFile, out] = ['recipe.json', 'source.onnx', 'again.onnx'].map((file) =>
    join(folder, file),
  );
  writeFileSync(recipeFile!, writeRecipe(recipeOf(variant, recipeSteps)));
  if (data.name !== 'mnist') {
    const recipe = readRecipe(readFileSync(recipeFile!, 'utf8'));
    const { content } = await replay(recipe, source, { steps: recipeSteps, openData: async () => data });
    return sha256(content) === variant.id;
  }
  writeFileSync(sourceFile!, source);
  const cli = join(import.meta.dirname, '../kernel/cli.ts');
  const { status, stderr } = spawnSync(
    process.execPath,
    [cli, 'apply', recipeFile!, sourceFile!, '-o', out!],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) console.error(stderr);
  return status === 0 && sha256(readFileSync(out!)) === variant.id;
}

/** A row for each limit of each seed. */
function table(name: string, outcomes: readonly Outcome[]): Report {
  return new Report({
    title: `${name}: ${networks[name]!.budget}; held out: ${outcomes[0]!.found.verdict!.evaluation!.data}`,
    columns: [
      { key: 'seed', header: 'seed' },
      ...['limit', 'original', 'result', 'from', 'to'].map((key) => ({ key, header: key })),
      { key: 'pass', header: 'pass' },
      { key: 'network', header: 'network', wrap: 44 },
      { key: 'same', header: 'replayed' },
      { key: 'seconds', header: 'search', unit: 's', decimals: 0 },
    ],
    rows: outcomes.flatMap(({ seed, found: { report, best, verdict }, isSame, seconds }) =>
      report.rows.map((row, i) => ({
        ...{ ...row, seed, pass: verdict!.standings[i]!.isMet ? 'pass' : 'FAIL' },
        ...(i === 0 && {
          network: best.chain
            .map(({ planned: { step, options } }) => `${step}${step === 'prune' ? ` ${options.macs}` : ''}`)
            .join(' → '),
          same: isSame ? 'same bytes' : 'OTHER BYTES',
          seconds,
        }),
      })),
    ),
  });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { seeds: { type: 'string', default: '3' }, effort: { type: 'string', default: 'quick' } },
    allowPositionals: true,
  });
  const seeds = Number(values.seeds);
  const names = positionals.length > 0 ? positionals : Object.keys(networks);
  const unknown = names.find((name) => !Object.hasOwn(networks, name));
  if (unknown || !(Number.isInteger(seeds) && seeds >= 1)) {
    console.error(`Networks: ${Object.keys(networks).join(', ')}; --seeds 1 or more`);
    process.exit(1);
  }
  let failed = 0;
  for (const name of names) {
    const outcomes: Outcome[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const outcome = await outcomeOf(name, seed, values.effort);
      outcomes.push(outcome);
      console.error(`${outcome.found.report.title}; ${outcome.isSame ? 'same' : 'OTHER'} bytes`);
    }
    console.log(`\n${table(name, outcomes).toText({ width: 170 })}`);
    const kept = outcomes.filter(({ found, isSame }) => found.verdict!.isMet && isSame).length;
    console.log(`${kept} of ${seeds} seeds keep their budget on held-out data and replay to the same bytes`);
    failed += seeds - kept;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

if (import.meta.main) await main();
