import { ModelError } from '../../../errors.ts';
import { type Graph, type GraphBuilder, type Model, type Node, sortNodes } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { createBuilder, opOf } from '../../../ops/index.ts';
import { Rewriting, removeUnused, upgradeOpset } from '../../../passes/index.ts';
import { replaceValue } from '../../../passes/replace.ts';
import type { FloatNode } from '../../quantize-report.ts';
import { withMicrosoft } from '../microsoft-domain.ts';
import { type Rewritten, SchemeReport } from '../scheme-report.ts';
import { surrounded } from './quantized-node.ts';
import type { QOperatorRule } from './rule.ts';
import { qOperatorRules } from './rules.ts';

export interface QOperatorOptions {
  /**
   * Operators of the ONNX domain, and QLinearAdd and QLinearMul, alone: for readers that know no more of onnxruntime's.
   * Default false.
   */
  readonly standardOnly?: boolean;
}

/**
 * Writes a model with QuantizeLinear and DequantizeLinear pairs as one of operators on integers (QLinearConv and the
 * like), as onnxruntime fuses it when it loads the model. Nodes without such an operator stay between their pairs. `model`
 * is not changed, and brought to operator set 13 if it is older than 12. Throws ModelError if it has no pairs.
 */
export function toQOperator(
  model: Model,
  { standardOnly = false }: QOperatorOptions = {},
): { model: Model; report: SchemeReport } {
  // Before that MaxPool takes no integers.
  const rewriting = new Rewriting(model.opset < 12 ? upgradeOpset(model, 13).model : model);
  rewriting.annotate();
  const { graph } = rewriting;
  if (!graph.nodes.some(({ opType }) => opType === 'QuantizeLinear'))
    throw new ModelError(
      'The model must have QuantizeLinear and DequantizeLinear, has none; quantize it statically first',
    );
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('integer') });
  const rules = qOperatorRules.filter(({ standard }) => standard || !standardOnly);
  const rewritten: Rewritten[] = [];
  const left: FloatNode[] = [];
  for (const node of [...graph.nodes]) {
    if (!graph.nodes.includes(node) || isPair(node) || node.outputs[0]?.dtype !== 'float32') continue;
    const name = node.name || node.output().name;
    const result = rewrite(node, { graph, builder, rules });
    if ('reason' in result) left.push({ node: name, op: node.opType, reason: result.reason });
    else
      rewritten.push({ name, op: node.opType, form: result.form, sqnr: null, bytesBefore: 0, bytesAfter: 0 });
  }
  sortNodes(graph);
  const converted = withMicrosoft(removeUnused(rewriting.finish()));
  const report = new SchemeReport({
    title: `${rewritten.length} nodes as operators on integers`,
    rewritten,
    left,
    outputs: [],
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(converted).length,
    warnings: [],
  });
  return { model: converted, report };
}

const isPair = ({ opType }: Node): boolean => opType === 'QuantizeLinear' || opType === 'DequantizeLinear';

interface Place {
  readonly graph: Graph;
  readonly builder: GraphBuilder;
  readonly rules: readonly QOperatorRule[];
}

function rewrite(node: Node, { graph, builder, rules }: Place): { form: string } | { reason: string } {
  const rule = node.domain === '' ? rules.find(({ opType }) => opType === node.opType) : undefined;
  if (!rule)
    return { reason: `operator ${node.opType} has no form on integers${opOf(node) ? '' : ' that is known'}` };
  const quantized = surrounded(node, graph, rule.floats);
  if (typeof quantized === 'string') return { reason: quantized };
  const reason = rule.obstacle?.(quantized);
  if (reason) return { reason };
  const outputs = rule.write(quantized, builder);
  for (const [i, end] of quantized.ends.entries()) replaceValue(graph, end.output(), outputs[i]!);
  graph.remove(...quantized.ends, ...quantized.clips, node);
  return { form: rule.form };
}
