import { ModelError } from '../../../errors.ts';
import {
  type GraphBuilder,
  type Model,
  type Node,
  sortNodes,
  Tensor,
  type Value,
} from '../../../ir/index.ts';
import { constantOf, createBuilder } from '../../../ops/index.ts';
import { Rewriting, removeUnused } from '../../../passes/index.ts';
import { replaceValue } from '../../../passes/replace.ts';
import { attributesOf } from './rule.ts';

/** Where an operator on integers has what: first inputs of triples (integers, scale, zero point), of the output's pair. */
interface Form {
  readonly real: string;
  readonly triples: readonly number[];
  readonly end: number;
  readonly bias?: number;
  /** Axis of the scales of the second triple where it has several. */
  axis?(node: Node): number;
}

const unary = (real: string): Form => ({ real, triples: [0], end: 3 });
const binary = (real: string): Form => ({ real, triples: [0, 3], end: 6 });

const forms: Readonly<Record<string, Form>> = {
  QLinearConv: { ...binary('Conv'), bias: 8, axis: () => 0 },
  QLinearMatMul: { ...binary('MatMul'), axis: () => 1 },
  QGemm: { real: 'Gemm', triples: [0, 3], end: 7, bias: 6, axis: (node) => (node.int('transB', 0) ? 0 : 1) },
  QLinearAdd: binary('Add'),
  QLinearMul: binary('Mul'),
  QLinearSigmoid: unary('Sigmoid'),
  QLinearLeakyRelu: unary('LeakyRelu'),
  QLinearAveragePool: unary('AveragePool'),
  QLinearGlobalAveragePool: unary('GlobalAveragePool'),
};

/**
 * The inverse of `toQOperator`: products, sums and pools of integers as float operators between DequantizeLinear and
 * QuantizeLinear, for readers that want pairs. What only moves integers stays. `model` is not changed. Throws ModelError
 * for a model without such operators, and for a bias whose scales are computed.
 */
export function qdqOf(model: Model): Model {
  const rewriting = new Rewriting(model);
  rewriting.annotate();
  const { graph } = rewriting;
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('pairs') });
  const found = graph.nodes.filter(({ opType, inputs }) => Object.hasOwn(forms, opType) && inputs.length > 3);
  if (found.length === 0)
    throw new ModelError(
      `The model must have operators on integers (${Object.keys(forms).join(', ')}), has none`,
    );
  for (const node of found) {
    replaceValue(graph, node.output(), between(node, forms[node.opType]!, builder));
    graph.remove(node);
  }
  sortNodes(graph);
  return removeUnused(rewriting.finish());
}

function between(node: Node, form: Form, builder: GraphBuilder): Value {
  const reals = form.triples.map((at, i) => {
    const [integers, scale, zeroPoint] = [0, 1, 2].map((k) => node.inputs[at + k]);
    const axis =
      i === 1 && scale!.shape?.length === 1 && scale!.shape[0] !== 1 ? form.axis?.(node) : undefined;
    return builder.op('DequantizeLinear', [integers, scale, zeroPoint], { axis });
  });
  const bias = form.bias === undefined ? undefined : node.inputs[form.bias];
  if (bias) reals.push(realBias(node, bias, builder));
  const { channels_last: _, ...attributes } = attributesOf(node);
  const y = builder.op(form.real, reals, attributes);
  return builder.op('QuantizeLinear', [y, node.input(form.end), node.inputs[form.end + 1]]);
}

/** The int32 bias with scales `input scale * weight scale`. */
function realBias(node: Node, bias: Value, builder: GraphBuilder): Value {
  const [input, weight] = [constantOf(node.inputs[1]), constantOf(node.inputs[4])];
  if (input?.size !== 1 || !weight)
    throw node.error('must have constant scales to have a bias in real numbers');
  const [factor] = input.toNumbers();
  const data = Float32Array.from(weight.toNumbers(), (scale) => Math.fround(scale * factor!));
  const isOne = data.length === 1;
  const scale = builder.constant('float32', data, isOne ? [] : [data.length]);
  const zeros = Tensor.of('int32', new Int32Array(data.length), isOne ? [] : [data.length]);
  const zeroPoint = builder.constant('int32', zeros.data, zeros.shape);
  return builder.op('DequantizeLinear', [bias, scale, zeroPoint], { axis: isOne ? undefined : 0 });
}
