import {
  type Graph,
  type GraphBuilder,
  type Model,
  sortNodes,
  type Tensor,
  type Value,
} from '../../../ir/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import { Rewriting } from '../../../passes/index.ts';
import { largest, smallestNormal } from './narrow.ts';
import { widened } from './widened.ts';
import { nodeKey, takesHalf } from './write-half.ts';

/**
 * A float32 model that rounds as hardware does that computes in float16: constants, what enters nodes of `half` (by
 * `nodeKey`), and what they give; sums inside a node stay float32. onnxruntime on a CPU rounds none of it: without
 * kernels for float16 it casts to float32 and drops the casts between nodes. What overflows is not followed.
 */
export function roundedTwin(float: Model, half: ReadonlySet<string>): Model {
  const rewriting = new Rewriting(float);
  rewriting.annotate();
  const { graph } = rewriting;
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('rounded') });
  const nodes = new Set(graph.nodes.filter((node) => half.has(nodeKey(node))));
  for (const value of [...graph.values()].filter(({ dtype }) => dtype === 'float32')) {
    const uses = value.uses.filter((use) => takesHalf(use, nodes));
    if (value.producer && nodes.has(value.producer)) roundOutput(value, { graph, builder, rewriting });
    else if (uses.length > 0) {
      const rounded = value.tensor ? roundConstant(value.tensor, builder) : round(value, builder);
      for (const { node, index } of uses) node.setInput(index, rounded);
    }
  }
  sortNodes(graph);
  return rewriting.finish();
}

interface Place {
  readonly graph: Graph;
  readonly builder: GraphBuilder;
  readonly rewriting: Rewriting;
}

/** All who read a value read it rounded, by its name. */
function roundOutput(value: Value, { graph, builder, rewriting }: Place): void {
  const uses = [...value.uses];
  const rounded = round(value, builder);
  for (const { node, index } of uses) node.setInput(index, rounded);
  rounded.name = value.name;
  value.name = rewriting.uniqueName(`${value.name}_exact`);
  graph.outputs.forEach((output, i) => {
    if (output === value) graph.outputs[i] = rounded;
  });
}

function roundConstant(tensor: Tensor, builder: GraphBuilder): Value {
  const limit = largest.float16;
  const data = (tensor.data as Float32Array).map((x) => Math.min(Math.max(x, -limit), limit));
  return builder.constant('float32', widened(data, 'float16'), tensor.shape);
}

/**
 * 11 significant bits by float32 arithmetic, which no optimizer takes away: c - (c - x) with c = (2^13 + 1) x (Veltkamp);
 * below float16's smallest normal number whole steps of 2^-24, which are those of float32 around 0.75.
 */
function round(x: Value, b: GraphBuilder): Value {
  const c = b.op('Mul', [x, b.scalar(2 ** 13 + 1)]);
  const normal = b.op('Sub', [c, b.op('Sub', [c, x])]);
  const subnormal = b.op('Sub', [b.op('Add', [x, b.scalar(0.75)]), b.scalar(0.75)]);
  const isSmall = b.op('Less', [b.op('Abs', [x]), b.scalar(smallestNormal.float16)]);
  return b.op('Where', [isSmall, subnormal, normal]);
}
