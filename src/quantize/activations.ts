import type { Graph, Node, Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { type FixedEncoding, fuses, type Target } from '../targets/index.ts';
import type { Range } from './observer.ts';
import type { QuantizationPlan } from './plan.ts';

type Frame = Pick<QuantizationPlan, 'target' | 'nodes' | 'floatInputs'> & {
  readonly floatOutputs?: boolean | undefined;
};

/** True if the node quantizes its input `index` as an activation: not weights, bias, bounds or shapes. */
export function isActivation(
  node: Node,
  index: number,
  { nodes, floatInputs }: { readonly nodes: Frame['nodes']; readonly floatInputs?: Frame['floatInputs'] },
): boolean {
  const rule = nodes.get(node);
  if (!rule || node.inputs[index]?.dtype !== 'float32' || floatInputs?.get(node)?.has(index)) return false;
  if (rule.kind === 'weighted') return index !== rule.weight && index !== rule.bias;
  return rule.kind === 'quantized' || rule.kind === 'shared' || index === 0;
}

/** The activation that a node disappears into: the output of the Relu or Clip that follows it alone. */
export function foldedInto(
  node: Node,
  graph: Graph,
  { nodes, target }: { readonly nodes: Frame['nodes']; readonly target?: Target | undefined },
): Node | undefined {
  const kind = nodes.get(node)?.kind;
  const output = node.output();
  const [use, ...more] = output.uses;
  if (!kind || kind === 'same-scale' || kind === 'folds') return undefined;
  if (!use || more.length || graph.outputs.includes(output) || use.index !== 0) return undefined;
  if (nodes.get(use.node)?.kind !== 'folds') return undefined;
  return !target || fuses(target, node.opType, use.node.opType) ? use.node : undefined;
}

/** Which activations are quantized, whose scale each takes, and what each scale is made from. */
export function planActivations(
  graph: Graph,
  frame: Frame,
): Pick<QuantizationPlan, 'activations' | 'observed' | 'fixed'> {
  const scales = new SharedScales();
  const folds = new Set([...frame.nodes.keys()].map((node) => foldedInto(node, graph, frame)));
  for (const [node, rule] of frame.nodes) {
    if (!folds.has(node)) for (const value of activationInputs(node, frame)) scales.add(value);
    if (foldedInto(node, graph, frame)) continue;
    const outputs = node.outputs.filter(
      (output) =>
        output.name &&
        output.dtype === 'float32' &&
        isQuantized(output, frame) &&
        !(frame.floatOutputs && isLastProduct(output, graph)),
    );
    const fixed = fixedOutput(node, frame);
    for (const output of outputs) {
      scales.add(output, rule.kind === 'same-scale' ? node.input(0) : output);
      if (fixed) scales.fix(output, fixed);
    }
    if (rule.kind === 'shared') scales.share(outputs, activationInputs(node, frame));
  }
  return scales.result();
}

/** What the target's kernel writes, else what the operator's own rule wants. */
function fixedOutput(node: Node, { target }: Frame): FixedEncoding | Range | undefined {
  const rule = opOf(node)?.quantize;
  const own = rule && rule.kind !== 'weighted' ? rule.output : undefined;
  return target?.operators[node.opType]?.output ?? own;
}

const activationInputs = (node: Node, frame: Frame): Value[] =>
  node.inputs.flatMap((value, index) => (isActivation(node, index, frame) ? [value!] : []));

/** Whether an int8 node's output is quantized: always, or where pairs stand before inputs only, if one wants it. */
const isQuantized = (output: Value, frame: Frame): boolean =>
  frame.target?.placement !== 'inputs' || output.uses.some((use) => isActivation(use.node, use.index, frame));

/** True for a result of a matrix product that only leaves the model: int8 kernels of onnxruntime give it in float as well. */
const isLastProduct = (output: Value, graph: Graph): boolean =>
  /^(Gemm|MatMul)$/.test(output.producer!.opType) &&
  graph.outputs.includes(output) &&
  output.uses.length === 0;

/** Values in groups of one scale. The first of a group stands for it. */
class SharedScales {
  readonly #roots = new Map<Value, Value>();
  readonly #observed = new Map<Value, Value[]>();
  readonly #fixed = new Map<Value, FixedEncoding | Range>();

  add(value: Value, like = value): void {
    if (this.#roots.has(value)) return;
    const root = this.#roots.get(like) ?? like;
    this.#roots.set(value, root);
    if (!this.#observed.has(root)) this.#observed.set(root, [root]);
  }

  fix(value: Value, encoding: FixedEncoding | Range): void {
    this.#fixed.set(this.#roots.get(value)!, encoding);
  }

  /** One scale for the outputs and inputs of a node. A fixed scale stays apart: the runtime requantizes there. */
  share(outputs: readonly Value[], inputs: readonly Value[]): void {
    const [first] = outputs;
    if (!first) return;
    const root = this.#roots.get(first)!;
    for (const value of [...outputs, ...inputs]) {
      const other = this.#roots.get(value)!;
      if (other === root || this.#fixed.has(other)) continue;
      this.#observed.get(root)!.push(...this.#observed.get(other)!);
      this.#observed.delete(other);
      for (const [member, its] of this.#roots) if (its === other) this.#roots.set(member, root);
    }
  }

  result(): Pick<QuantizationPlan, 'activations' | 'observed' | 'fixed'> {
    return { activations: this.#roots, observed: this.#observed, fixed: this.#fixed };
  }
}
