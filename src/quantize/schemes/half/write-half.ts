import {
  type Graph,
  type GraphBuilder,
  type Node,
  toAttribute,
  type Use,
  type Value,
} from '../../../ir/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import type { Rewriting } from '../../../passes/index.ts';
import { alwaysFloat32 } from './block-list.ts';
import { narrow } from './narrow.ts';

/** Their ONNX codes. */
const [float32, float16] = [1, 10];

export interface WriteHalfOptions {
  readonly half: ReadonlySet<Node>;
  /** Whether inputs and outputs of the model stay float32. */
  readonly keepIoTypes: boolean;
}

/**
 * Lets the nodes of `half` compute in float16, IN PLACE: constants in float16, one Cast for all readers where a value goes
 * from one type to the other. Types must be annotated.
 */
export function writeHalf(rewriting: Rewriting, { half, keepIoTypes }: WriteHalfOptions): void {
  const { graph } = rewriting;
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('half') });
  const work: Work = { rewriting, graph, builder, half, keepIoTypes };
  for (const value of [...graph.values()].filter(({ dtype }) => dtype === 'float32')) {
    if (value.tensor && !graph.inputs.includes(value)) narrowConstant(value, work);
    else if (value.producer ? half.has(value.producer) : isFreeInput(value, work)) becomeHalf(value, work);
    else castForReaders(value, work);
  }
  for (const node of half) if (node.opType === 'Cast') retarget(node);
}

interface Work extends WriteHalfOptions {
  readonly rewriting: Rewriting;
  readonly graph: Graph;
  readonly builder: GraphBuilder;
}

/** Whether an input of a node is float16 if the node is one of `half`. */
export const takesHalf = ({ node, index }: Use, half: ReadonlySet<Node>): boolean =>
  half.has(node) && !alwaysFloat32[node.opType]?.includes(index);

/** What names a node in a copy of its model. */
export const nodeKey = (node: Node): string => node.name || node.output().name;

/** An input of the model that may change its type: not an output at the same time. */
const isFreeInput = (value: Value, { graph, keepIoTypes }: Work): boolean =>
  !keepIoTypes && !value.tensor && !graph.outputs.includes(value) && value.uses.length > 0;

function narrowConstant(value: Value, work: Work): void {
  const uses = value.uses.filter((use) => takesHalf(use, work.half));
  if (uses.length === 0) return;
  const { rewriting, graph } = work;
  const twin = rewriting.constant(graph, `${value.name}_half`, narrow(value.tensor!, 'float16'));
  for (const { node, index } of uses) node.setInput(index, twin);
}

/** A float16 value, and its float32 twin for readers that need that. */
function becomeHalf(value: Value, work: Work): void {
  const { graph, builder, keepIoTypes, rewriting } = work;
  const uses = value.uses.filter((use) => !takesHalf(use, work.half));
  value.type = { dtype: 'float16', shape: value.shape };
  const isOutput = graph.outputs.includes(value) && keepIoTypes;
  if (uses.length === 0 && !isOutput) return;
  const real = builder.op('Cast', [value], { to: float32 });
  for (const { node, index } of uses) node.setInput(index, real);
  if (!isOutput) return;
  real.name = value.name;
  value.name = rewriting.uniqueName(`${value.name}_half`);
  graph.outputs.forEach((output, i) => {
    if (output === value) graph.outputs[i] = real;
  });
}

function castForReaders(value: Value, work: Work): void {
  const uses = value.uses.filter((use) => takesHalf(use, work.half));
  if (uses.length === 0) return;
  const cast = work.builder.op('Cast', [value], { to: float16 });
  for (const { node, index } of uses) node.setInput(index, cast);
}

/** A Cast to float32 whose readers compute in float16. */
function retarget(node: Node): void {
  if (node.int('to', 0) === float32) node.attributes.set('to', toAttribute('to', float16));
}
