/** What the runs within a limit of the drop come to: a table for each case, and the claims. */
import type { Controlled } from './quantization-control.ts';
import { allowed, type LimitedRun } from './quantization-limits.ts';
import { aligned, type Claim, percent } from './quantization-report.ts';

const columns = [
  ...['seed', 'evaluations', 'passes', 'limit %', 'drop without %', 'searched %', 'held out %'],
  ...['int8 MACs %', 'float units', '8-bit units', 's'],
];

/** A row for each seed, and NNCF's search. */
export function describeCase({ name, maxDrop, runs, nncf }: Controlled): string {
  const rows = runs.map((run) => [
    ...[
      String(run.seed),
      String(run.evaluations),
      run.passes.toFixed(2),
      percent(maxDrop),
      percent(run.unlimited),
    ],
    ...[percent(run.searched), percent(run.heldOut), percent(run.int8Share, 1)],
    ...[String(run.floatUnits), String(run.widerUnits), run.seconds.toFixed(1)],
  ]);
  const quantizers = runs[0]!.quantizers;
  const title = `${name}: at most ${percent(maxDrop)} % lost; ${quantizers} quantizers, so at most ${allowed(quantizers).toFixed(1)} evaluations`;
  return [title, ...aligned([columns, ...rows]), `  ${describeNncf(nncf)}`].join('\n');
}

/** A line while it goes. */
export const describeRun = (name: string, { seed, evaluations, heldOut, seconds }: LimitedRun): string =>
  `${name}, seed ${seed}: ${evaluations} evaluations, ${percent(heldOut)} % lost on held-out samples (${seconds.toFixed(1)} s)`;

function describeNncf(nncf: Controlled['nncf']): string {
  if (!nncf) return 'NNCF: not run';
  if ('error' in nncf) return `NNCF FAILED: ${nncf.error}`;
  return `NNCF, int8, seed 0: ${nncf.passes.toFixed(2)} passes in ${nncf.calls} calls to validate, ${nncf.seconds.toFixed(0)} s, held out ${percent(nncf.heldOut)} % lost, ${nncf.quantizers} QuantizeLinear left`;
}

/** That the limit holds with every seed, that there was something to hold, and within how many evaluations. */
export function limitClaims({ name, maxDrop, runs, nncf }: Controlled): Claim[] {
  const held = runs.filter(({ heldOut }) => heldOut <= maxDrop).length;
  const losing = runs.filter(({ unlimited }) => unlimited > maxDrop).length;
  const worst = Math.max(...runs.map(({ heldOut }) => heldOut));
  const counts = runs.map(({ evaluations }) => evaluations);
  const most = Math.max(...counts);
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  const passes = runs.reduce((sum, run) => sum + run.passes, 0) / runs.length;
  const bound = allowed(runs[0]!.quantizers);
  const beside =
    nncf && 'calls' in nncf ? `NNCF (int8) ${nncf.calls} calls, ${nncf.passes.toFixed(1)} passes` : 'no NNCF';
  return [
    {
      text: `${name}: a drop of ${percent(maxDrop)} % holds on held-out data with every seed`,
      holds: held === runs.length && losing === runs.length,
      evidence: `${held} of ${runs.length}, worst ${percent(worst)} %; without the limit it is exceeded in ${losing} of ${runs.length}`,
    },
    {
      text: `${name}: evaluations <= 2 + 2 log2(quantizers)`,
      holds: most <= bound,
      evidence: `at most ${most}, mean ${mean.toFixed(1)} (${passes.toFixed(1)} passes over the samples), allowed ${bound.toFixed(1)}; ${beside}`,
    },
  ];
}
