import { UsageError } from '../errors.ts';
import { allNodes, type Model } from '../ir/index.ts';
import type { Report, WorkOptions } from '../report.ts';
import { commonSubexpressions } from './common-subexpressions.ts';
import { constantsToInitializersPass } from './constants-to-initializers.ts';
import { foldConstants } from './fold-constants.ts';
import { fuseAffineOperators } from './fuse-affine.ts';
import { fuseBatchNormalizationPass } from './fuse-batch-normalization.ts';
import { inlineBranches } from './inline-branches.ts';
import { inputDefaults } from './input-defaults.ts';
import { mergeTransposes } from './merge-transposes.ts';
import { type Application, optimizeReport } from './optimize-report.ts';
import { type Pass, Rewriting } from './pass.ts';
import { recognizeActivations } from './recognize-activations.ts';
import { recognizeLayerNormalization } from './recognize-layer-normalization.ts';
import { removeNoOps } from './remove-no-ops.ts';
import { removeUnusedPass } from './remove-unused.ts';
import { simplifyShapes } from './simplify-shapes.ts';

/** Every pass that keeps what a model computes, in the order in which one helps the next. */
export const passes: readonly Pass[] = [
  inputDefaults,
  constantsToInitializersPass,
  removeNoOps,
  simplifyShapes,
  foldConstants,
  inlineBranches,
  mergeTransposes,
  recognizeLayerNormalization,
  recognizeActivations,
  fuseBatchNormalizationPass,
  fuseAffineOperators,
  commonSubexpressions,
  removeUnusedPass,
];

export interface OptimizeOptions extends WorkOptions {
  /** Names of the passes to run, in the order of `passes`. Default: all. */
  readonly passes?: readonly string[];
  /** Shown in the report. */
  readonly name?: string;
}

export interface OptimizedGraph {
  readonly model: Model;
  readonly report: Report;
}

/** More rounds than any model needs: each must have found something that the one before made possible. */
const maxRounds = 20;

/**
 * Rewrites a copy of a model into a smaller one that computes the same, by passes in rounds until none finds anything
 * more. Throws UsageError for an unknown pass and ModelError for a model that contradicts itself.
 */
export async function optimizeGraph(model: Model, options: OptimizeOptions = {}): Promise<OptimizedGraph> {
  const chosen = choose(options.passes);
  const rewriting = new Rewriting(model);
  const applications: Application[] = [];
  let rounds = 0;
  for (let changed = true; changed && rounds < maxRounds; rounds++) {
    changed = false;
    for (const pass of chosen) {
      options.signal?.throwIfAborted();
      const counts = await runPass(pass, rewriting);
      applications.push(...Array.from(counts, ([rule, times]) => ({ pass: pass.name, rule, times })));
      changed ||= counts.size > 0;
      // Between passes an interrupt can come through.
      await new Promise(setImmediate);
    }
    options.onProgress?.({
      done: rounds + 1,
      total: rounds + 1,
      message: `${countNodes(rewriting.model)} nodes`,
    });
  }
  const result = rewriting.finish();
  const warnings = [...rewriting.warnings];
  const report = optimizeReport({
    before: model,
    after: result,
    applications,
    rounds,
    warnings,
    name: options.name,
  });
  return { model: result, report };
}

/** What one pass counted. */
async function runPass(pass: Pass, rewriting: Rewriting): Promise<ReadonlyMap<string, number>> {
  rewriting.counts.clear();
  await pass.run(rewriting);
  return new Map(rewriting.counts);
}

function choose(names: readonly string[] | undefined): readonly Pass[] {
  if (!names) return passes;
  const known = passes.map(({ name }) => name);
  for (const name of names) if (!known.includes(name)) throw UsageError.unknown('pass', name, known);
  return passes.filter(({ name }) => names.includes(name));
}

const countNodes = (model: Model): number => [...allNodes(model.graph)].length;
