import type { DType, Graph, Node, Value } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { givesGraphOutput, integerType, isDq, isQ, readers } from './edges.ts';
import { isCoveredByQ } from './redundant.ts';

/** A graph that onnxruntime is at. */
export interface Stage {
  readonly graph: Graph;
  /** Constants that had several readers before anything was taken away: onnxruntime goes on counting those. */
  readonly shared: ReadonlySet<Value>;
}

/** A node with the DequantizeLinears before it and the QuantizeLinears behind it. */
export interface NodeGroup extends Stage {
  readonly node: Node;
  /** In the order of the inputs. */
  readonly dqs: readonly Node[];
  readonly qs: readonly Node[];
  /** A Relu or Clip that alone reads the node, and alone is read: then the QuantizeLinears are behind it. */
  readonly clip: Node | undefined;
}

export function groupOf(node: Node, { graph, shared }: Stage): NodeGroup {
  const dqs = node.inputs.flatMap((value) => (isDq(value?.producer) ? [value!.producer!] : []));
  const clip = clipBehind(node, graph);
  const qs = readers(clip ?? node).flatMap((use) => (isQ(use.node) ? [use.node] : []));
  return { graph, shared, node, dqs, qs, clip };
}

function clipBehind(node: Node, graph: Graph): Node | undefined {
  const [use, ...more] = readers(node);
  const next = use?.node;
  if (!next || more.length > 0 || (next.opType !== 'Relu' && next.opType !== 'Clip')) return undefined;
  return readers(next).length === 1 && !givesGraphOutput(next, graph) ? next : undefined;
}

/** Why a Relu or Clip between a node and QuantizeLinear stays, and keeps the node from int8. */
export function clipReason({ graph, clip, qs }: NodeGroup): Reason | undefined {
  if (!clip) return undefined;
  if (qs.length === 1 && isCoveredByQ(clip, qs[0]!, graph)) return undefined;
  return reason(
    qs.length === 1
      ? `the ${clip.opType} behind it cuts off more than the QuantizeLinear that follows`
      : `the ${clip.opType} behind it has no QuantizeLinear behind it`,
    clip.opType === 'Relu'
      ? 'quantize behind it, with the smallest integer as zero point (0 of uint8, -128 of int8)'
      : 'quantize behind it, with a range that its bounds cover',
  );
}

export const inputTypes = ({ dqs }: NodeGroup): (DType | undefined)[] => dqs.map(integerType);
export const outputTypes = ({ qs }: NodeGroup): (DType | undefined)[] => qs.map(integerType);

const present = (values: readonly ({ name: string } | undefined)[]): number =>
  values.filter((value) => value?.name).length;

/**
 * What every int8 kernel demands of the pairs around a node: as many DequantizeLinears as `inputs` (default: the node
 * has), used by nothing else, and a QuantizeLinear behind each output alone.
 * Source: NodeGroupSelector::CheckQDQNodes and NodeGroup::CanCreateNodeGroup of onnxruntime.
 */
export function pairsReason(
  group: NodeGroup,
  { inputs = present(group.node.inputs), withoutQ = false } = {},
): Reason | undefined {
  const { dqs, qs } = group;
  if (dqs.length !== inputs) return inputReason(group, inputs);
  const shared = sharedReason(group);
  if (shared) return shared;
  if (qs.length === 0) return withoutQ ? undefined : outputReason(group);
  return readersReason(group) ?? extraReader(group);
}

function inputReason({ node, dqs }: NodeGroup, inputs: number): Reason {
  const float = node.inputs.findIndex((value) => value?.name && !isDq(value.producer));
  if (dqs.length > inputs || float < 0)
    return reason(
      `${inputs} of its inputs must be quantized, ${dqs.length} are`,
      'quantize only the inputs that the operator computes on',
    );
  const what = float === 2 && node.inputs.length === 3 ? 'its bias' : `input ${float}`;
  const { name } = node.inputs[float]!;
  return reason(
    `${what} '${name}' is float, without DequantizeLinear`,
    float === 2
      ? 'quantize the bias to int32 with scale input scale * weight scale'
      : `put QuantizeLinear and DequantizeLinear before '${name}'`,
  );
}

function sharedReason({ graph, node, dqs }: NodeGroup): Reason | undefined {
  for (const dq of dqs) {
    if (givesGraphOutput(dq, graph))
      return reason(
        `the DequantizeLinear before it also makes the output '${dq.output().name}' of the graph`,
        'give the output of the graph a DequantizeLinear of its own',
      );
    const uses = readers(dq);
    if (uses.length !== 1 || uses[0]!.node !== node)
      return reason(
        `the DequantizeLinear '${dq.output().name}' before it has ${uses.length} readers`,
        'give each reader a DequantizeLinear of its own',
      );
  }
  return undefined;
}

function outputReason({ graph, node }: NodeGroup): Reason {
  if (givesGraphOutput(node, graph))
    return reason(
      `its output '${node.output().name}' is an output of the graph, without QuantizeLinear`,
      'put QuantizeLinear and DequantizeLinear behind it, if int8 is exact enough for an output',
    );
  return reason(
    `its output '${node.output().name}' has no QuantizeLinear`,
    'put QuantizeLinear and DequantizeLinear behind it',
  );
}

function readersReason({ graph, node, qs, clip }: NodeGroup): Reason | undefined {
  if (givesGraphOutput(node, graph))
    return reason(
      `its float output '${node.output().name}' is an output of the graph`,
      'make the value behind its DequantizeLinear the output of the graph',
    );
  const other = clip ? undefined : readers(node).find((use) => !isQ(use.node));
  return other && qs.length > 0
    ? reason(
        `${other.node.label} reads its output in float, beside the QuantizeLinear`,
        'let all its readers read behind the DequantizeLinear',
      )
    : undefined;
}

function extraReader({ node, qs }: NodeGroup): Reason | undefined {
  const outputs = present(node.outputs);
  if (qs.length === outputs && qs.length === readers(node).length) return undefined;
  return qs.length > outputs
    ? reason(
        `its output has ${qs.length} QuantizeLinears`,
        'let all its readers share one QuantizeLinear, with one scale',
      )
    : reason(
        `${outputs} outputs must each have a QuantizeLinear, ${qs.length} have`,
        'put QuantizeLinear and DequantizeLinear behind all of them',
      );
}
