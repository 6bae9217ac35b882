import { arch } from 'node:os';
import type { Model } from '../ir/index.ts';
import { checkTarget, type Target } from '../targets/index.ts';
import { explainByRules } from './by-rules.ts';
import { explainFloat } from './explain-float.ts';
import { explainOnnxruntime } from './explain-onnxruntime.ts';
import { ExplainReport } from './explain-report.ts';
import { isPair } from './node-fate.ts';
import { int8Operators } from './onnxruntime/integer-value.ts';

export interface ExplainOptions {
  /**
   * Whether to look at what onnxruntime on this machine really does, where the target is this kind of machine.
   * Default true.
   */
  readonly check?: boolean;
}

/**
 * What a target does with each node of a model: int8 or float, why, and the remedy. Of a float model, what it would do
 * with it quantized for it. Throws ModelError for a model that is malformed or that onnxruntime refuses unoptimized.
 */
export async function explain(
  model: Model,
  target: Target,
  { check = true }: ExplainOptions = {},
): Promise<ExplainReport> {
  if (!isQuantized(model))
    return new ExplainReport({ model, target, kind: 'float', nodes: explainFloat(model, target) });
  if (!target.name.startsWith('ort-')) return explainedByRules(model, target);
  const here = (target.name === 'ort-arm') === (arch() === 'arm64');
  const { nodes, differing, warnings } = await explainOnnxruntime(model, target, { check: check && here });
  return new ExplainReport({ model, target, kind: 'quantized', nodes, differing, warnings });
}

/** Of a target that cannot run here; a warning for each rule that it would refuse the file for. */
function explainedByRules(model: Model, target: Target): ExplainReport {
  const refused = checkTarget(model, target).filter(({ severity }) => severity === 'refused');
  const warnings = refused.map(
    ({ where, what, remedy }) => `${target.title} would refuse it. ${where}: ${what}; ${remedy}`,
  );
  return new ExplainReport({
    ...{ model, target, kind: 'quantized', warnings },
    nodes: explainByRules(model, target),
  });
}

const isQuantized = ({ graph }: Model): boolean =>
  graph.nodes.some(({ opType }) => isPair(opType) || int8Operators.test(opType));
