import type { Graph, GraphBuilder, Node, Value } from '../../ir/index.ts';
import type { FakeQuantization } from '../fake-quantization.ts';
import type { Kernels } from '../kernels.ts';
import type { Tape } from '../tape.ts';
import { type Blocked, canReorder, toBlocked, toPlain } from './layout.ts';

/** The forward pass as far as it is written: what stands for each value of the model, plain, blocked or both. */
export interface Written {
  readonly g: GraphBuilder;
  readonly graph: Graph;
  /** By their QuantizeLinear. */
  readonly fakes: ReadonlyMap<Node, FakeQuantization>;
  /** Nodes that work as at inference. */
  isInference(node: Node): boolean;
  readonly tape: Tape;
  readonly kernels: Kernels & { readonly block: number };
  readonly plain: Map<Value, Value>;
  readonly blocked: Map<Value, Blocked>;
  /** New values of running statistics, by the model's value. */
  readonly updates: Map<Value, Value>;
  /** Nodes that a rule has written together with the one before. */
  readonly fused: Set<Node>;
}

/** Writes one node in blocked layout; false if it cannot, and then has written nothing. */
export type Rule = (written: Written, node: Node) => boolean;

/** The model's value in blocked layout, undefined if it cannot have one. */
export function blockedOf(written: Written, value: Value): Blocked | undefined {
  const { g, tape, blocked, plain } = written;
  const known = blocked.get(value);
  if (known) return known;
  const source = plain.get(value);
  if (!source?.shape || source.dtype !== 'float32' || !canReorder(source)) return undefined;
  const made = toBlocked(g, tape, source);
  blocked.set(value, made);
  return made;
}

/** The model's value in plain layout, undefined if it is not written yet. */
export function plainOf({ g, tape, blocked, plain }: Written, value: Value): Value | undefined {
  const known = plain.get(value);
  const source = blocked.get(value);
  if (known || !source) return known;
  const made = toPlain(g, tape, source);
  plain.set(value, made);
  return made;
}
