import { setImmediate as turn } from 'node:timers/promises';
import { ModelError, UsageError } from '../../../errors.ts';
import { allNodes, type Graph, type Model, type Node, sortNodes } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { constantOf, createBuilder, opOf } from '../../../ops/index.ts';
import { Rewriting, removeUnused, upgradeOpset } from '../../../passes/index.ts';
import { replaceValue } from '../../../passes/replace.ts';
import type { WorkOptions } from '../../../report.ts';
import type { Calibration } from '../../calibrate.ts';
import type { FloatNode } from '../../quantize-report.ts';
import { feedSampleOf } from '../feed-sample-of.ts';
import { floatModel } from '../float-model.ts';
import { withMicrosoft } from '../microsoft-domain.ts';
import { outputSqnr } from '../output-sqnr.ts';
import { type Rewritten, SchemeReport } from '../scheme-report.ts';
import { DynamicRewriter } from './rewriter.ts';
import type { DynamicRule } from './rule.ts';
import { dynamicRules } from './rules.ts';

export interface DynamicOptions extends WorkOptions {
  /** A scale for each output channel of a weight. Default true. */
  readonly perChannel?: boolean;
  /** Weights of 7 bits, whose sums cannot saturate on x86 without VNNI. Default false. */
  readonly reduceRange?: boolean;
  /**
   * Operators that become int8. Default: Gather, Gemm, LSTM, MatMul. Conv is left out: onnxruntime's ConvInteger does
   * not fuse, and a convolution is slower with it than in float32.
   */
  readonly operators?: readonly string[];
  /** Inputs of the model on which the outputs are compared. */
  readonly calibration?: Calibration;
  /** Names of nodes that stay float. */
  readonly exclude?: readonly string[];
}

const defaultOperators = ['Gather', 'Gemm', 'LSTM', 'MatMul'];

/**
 * Dynamic quantization: int8 weights, activations to uint8 at run time by the range that they then have. Needs no
 * calibration. Inputs and outputs stay as they are, `model` is not changed, and brought to operator set 13 if it is older.
 * Throws ModelError if it is quantized or has nothing to quantize, UsageError for an operator without int8 form.
 */
export async function quantizeDynamic(
  model: Model,
  options: DynamicOptions = {},
): Promise<{ model: Model; report: SchemeReport }> {
  const rules = rulesOf(options.operators ?? defaultOperators);
  const prepared = floatModel(model);
  const float = prepared.opset < 13 ? upgradeOpset(prepared, 13).model : prepared;
  const rewriting = new Rewriting(float);
  rewriting.annotate();
  const { graph } = rewriting;
  const { chosen, left } = choose(graph, rules, options.exclude ?? []);
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('dynamic') });
  const rewriter = new DynamicRewriter(rewriting, builder, options);
  const rewritten: Rewritten[] = [];
  for (const [node, rule] of chosen) {
    rewritten.push(rewrite(rewriting, { node, rule, rewriter }));
    options.onProgress?.({ done: rewritten.length, total: chosen.size, message: 'nodes' });
    await turn();
    options.signal?.throwIfAborted();
  }
  sortNodes(graph);
  const quantized = withMicrosoft(removeUnused(rewriting.finish()));
  const report = new SchemeReport({
    title: `${rewritten.length} nodes in int8, activations quantized at run time`,
    rewritten,
    left,
    outputs: await outputSqnr({
      float,
      rewritten: quantized,
      feeds: await feedSampleOf(options.calibration),
    }),
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(quantized).length,
    warnings: [],
  });
  return { model: quantized, report };
}

function rulesOf(operators: readonly string[]): Map<string, DynamicRule> {
  const known = new Map(dynamicRules.map((rule) => [rule.opType, rule]));
  return new Map(
    operators.map((name) => {
      const rule = known.get(name);
      if (!rule) throw UsageError.unknown('operator with a dynamic int8 form', name, known.keys());
      return [name, rule];
    }),
  );
}

function choose(graph: Graph, rules: ReadonlyMap<string, DynamicRule>, exclude: readonly string[]) {
  const chosen = new Map<Node, DynamicRule>();
  const left: FloatNode[] = [];
  for (const node of allNodes(graph)) {
    if (!computesWithWeights(node)) continue;
    const rule = rules.get(node.opType);
    const isExcluded = exclude.includes(node.name) || exclude.includes(node.output().name);
    const reason = isExcluded ? 'excluded by name' : obstacle(node, rule, graph);
    if (reason) left.push({ node: node.name || node.output().name, op: node.opType, reason });
    else chosen.set(node, rule!);
  }
  if (chosen.size > 0) return { chosen, left };
  const why = left.slice(0, 5).map(({ node, op, reason }) => `${op} '${node}': ${reason}`);
  throw new ModelError(
    `Nothing in the model can be quantized dynamically. ${why.join('; ') || 'It has no node with weights'}`,
  );
}

/** What could be int8 in one scheme or another. */
const computesWithWeights = (node: Node): boolean =>
  opOf(node)?.quantize?.kind === 'weighted' ||
  ['LSTM', 'GRU', 'RNN'].includes(node.opType) ||
  (node.opType === 'Gather' && constantOf(node.inputs[0])?.dtype === 'float32');

function obstacle(node: Node, rule: DynamicRule | undefined, graph: Graph): string | undefined {
  if (!rule) {
    const isKnown = dynamicRules.some(({ opType }) => opType === node.opType);
    return isKnown
      ? `operator ${node.opType} was not asked for`
      : `operator ${node.opType} has no dynamic int8 form`;
  }
  if (!graph.nodes.includes(node)) return 'it is in a subgraph';
  const floats = rule.weights.every((index) => constantOf(node.inputs[index])?.dtype === 'float32');
  return floats ? rule.obstacle(node) : 'its weight is not a float32 constant';
}

interface Work {
  readonly node: Node;
  readonly rule: DynamicRule;
  readonly rewriter: DynamicRewriter;
}

function rewrite({ graph }: Rewriting, { node, rule, rewriter }: Work): Rewritten {
  const name = node.name || node.output().name;
  const { outputs, form } = rule.write(node, rewriter);
  for (const [i, output] of node.outputs.entries()) replaceValue(graph, output, outputs[i]!);
  graph.remove(node);
  return { name, op: rule.opType, form, ...rewriter.takeFacts() };
}
