import { allGraphs, type Model, type Node } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import { type Pass, Rewriting } from './pass.ts';
import { removeUnusedPass } from './remove-unused.ts';
import { type Affine, fuseAffine, hasChannels, isFloatConstant, weightedProducer } from './weighted.ts';

export const fuseBatchNormalizationPass: Pass = {
  name: 'fuse-batch-normalization',
  summary: 'Let Conv, ConvTranspose, Gemm and MatMul do the work of the BatchNormalization behind them',
  run: fuseAll,
};

/**
 * A copy of the model in which convolutions and matrix products with constant weights do the work of the
 * BatchNormalization that follows them alone: W' = W * s and b' = (b - mean) * s + shift with
 * s = scale / sqrt(variance + epsilon), in float64, stored float32. Training mode, computed parameters and shared
 * outputs stay as they are. What reaches no output goes.
 */
export function fuseBatchNormalization(model: Model): Model {
  const rewriting = new Rewriting(model);
  fuseAll(rewriting);
  removeUnusedPass.run(rewriting);
  return rewriting.model;
}

function fuseAll(rewriting: Rewriting): void {
  for (const graph of [...allGraphs(rewriting.graph)])
    for (const norm of [...graph.nodes]) {
      if (!isOp(norm, 'BatchNormalization') || !normalizesByConstants(norm, rewriting.model.opset)) continue;
      const weighted = weightedProducer(norm.input(0), graph);
      const affine = affineOf(norm);
      if (!weighted || !hasChannels(weighted, affine.factors.length)) continue;
      fuseAffine({ graph, weighted, behind: norm, rewriting }, affine);
      rewriting.count(`BatchNormalization into ${weighted.opType}`);
    }
}

/** Whether it is in inference mode, per channel, with float32 constants. */
function normalizesByConstants(norm: Node, opset: number): boolean {
  const training = opset < 7 ? norm.int('is_test', 0) !== 1 : norm.int('training_mode', 0) === 1;
  if (training || norm.outputs.length > 1 || norm.int('spatial', 1) !== 1) return false;
  return norm.inputs.length >= 5 && norm.inputs.slice(1, 5).every(isFloatConstant);
}

/** y = (x - mean) * s + shift with s = scale / sqrt(variance + epsilon). */
function affineOf(norm: Node): Affine {
  const [scale, shift, mean, variance] = norm.inputs
    .slice(1, 5)
    .map((value) => constantOf(value)!.data as Float32Array);
  const epsilon = norm.float('epsilon', 1e-5);
  const factors = Float64Array.from(scale!, (s, i) => s / Math.sqrt(variance![i]! + epsilon));
  return { factors, shifts: Float64Array.from(shift!, (b, i) => b - mean![i]! * factors[i]!) };
}
