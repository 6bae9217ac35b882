import { ModelError } from '../errors.ts';
import type { Model, Node } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import type { Target } from '../targets/index.ts';
import { isPair, type NodeFate } from './node-fate.ts';
import { readers } from './onnxruntime/edges.ts';
import { observe, type Prediction, predict } from './onnxruntime/onnxruntime.ts';
import { withNodeNames } from './onnxruntime/session-graph.ts';
import type { Fate } from './onnxruntime/truth.ts';

interface Explained {
  readonly nodes: NodeFate[];
  /** Nodes with which onnxruntime really does something else than its rules say, if that was looked at. */
  readonly differing: readonly string[] | undefined;
  readonly warnings: readonly string[];
}

/** What onnxruntime does with the nodes of a quantized model. `check` also asks a session, which has the last word. */
export async function explainOnnxruntime(
  model: Model,
  target: Target,
  { check }: { readonly check: boolean },
): Promise<Explained> {
  const named = withNodeNames(model);
  const prediction = await predict(named, { int8Activations: target.name === 'ort-arm' });
  const refused = [...prediction.refused].map(
    ([node, { because, remedy }]) => `'${node}': ${because}; ${remedy}`,
  );
  const real = check ? await observed(named, prediction) : undefined;
  const truth = real ?? prediction.fates;
  const predicted = fatesIn(named, prediction, prediction.fates);
  const nodes = fatesIn(named, prediction, truth);
  const differing =
    real && nodes.flatMap(({ node, state }, i) => (predicted[i]!.state === state ? [] : [node]));
  return { nodes, differing, warnings: refused };
}

/** Undefined where onnxruntime refuses the model as its rules say that it does. */
async function observed(
  model: Model,
  { basic, refused }: Prediction,
): Promise<Map<string, Fate> | undefined> {
  try {
    return await observe(model, basic);
  } catch (cause) {
    if (cause instanceof ModelError && refused.size > 0) return undefined;
    throw cause;
  }
}

function fatesIn(model: Model, prediction: Prediction, fates: ReadonlyMap<string, Fate>): NodeFate[] {
  const twins = new Twins(prediction.basic.nodes);
  return model.graph.nodes
    .filter(({ opType }) => !isPair(opType))
    .map((node) => ({ node: node.name, op: node.opType, ...fateIn(node, { twins, prediction, fates }) }));
}

interface Look {
  readonly twins: Twins;
  readonly prediction: Prediction;
  readonly fates: ReadonlyMap<string, Fate>;
}

function fateIn(node: Node, look: Look): Omit<NodeFate, 'node' | 'op'> {
  if (node.outputs.every((output) => constantOf(output)))
    return { state: 'folded', because: 'it is a constant', remedy: '' };
  const twin = look.twins.find(node);
  if (!twin)
    return {
      state: 'folded',
      because: 'it changes nothing, or is computed before the model runs',
      remedy: '',
    };
  const state = look.fates.get(twin.name)!;
  const joined = twin.name === node.name ? '' : `it is part of ${twin.label}`;
  const reason = look.prediction.refused.get(twin.name) ?? look.prediction.reasons.get(twin.name);
  if (state === 'float')
    return {
      state,
      because: [joined, reason?.because].filter(Boolean).join(', where '),
      remedy: reason?.remedy ?? '',
    };
  return {
    state,
    because: state === 'int8' ? joined : joined || 'the QuantizeLinear behind it does the same',
    remedy: '',
  };
}

/** Finds what stands for a node in the graph that onnxruntime starts its int8 work from. */
class Twins {
  readonly #byName: ReadonlyMap<string, Node>;
  readonly #byOutput: ReadonlyMap<string, Node>;

  constructor(nodes: readonly Node[]) {
    this.#byName = new Map(nodes.map((node) => [node.name, node]));
    this.#byOutput = new Map(
      nodes.flatMap((node) =>
        node.outputs.filter(({ name }) => name).map(({ name }) => [name, node] as const),
      ),
    );
  }

  /** Itself, what makes its output, or what it went into: the one node that reads it. */
  find(node: Node): Node | undefined {
    const own = this.#byName.get(node.name);
    if (own && own.opType === node.opType) return own;
    const maker = node.outputs.map(({ name }) => this.#byOutput.get(name)).find((found) => found);
    if (maker) return isPair(maker.opType) ? undefined : maker;
    const uses = readers(node);
    const [use] = uses;
    return use && uses.length === 1 && !isPair(use.node.opType) ? this.find(use.node) : undefined;
  }
}
