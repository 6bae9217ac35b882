import { ModelError } from '../../errors.ts';
import type { Dim, Tensor } from '../../ir/index.ts';
import { finish, interfaceLayout, type Operand, renamed, Writer } from '../channels-last/index.ts';
import { Tally } from '../import-report.ts';
import type { ImportOptions } from '../imported.ts';
import type { Json } from '../json.ts';
import { naming } from '../source-error.ts';
import { requireKnown } from '../unsupported.ts';
import { type Converted, nameAfter } from './graph-model.ts';
import { isNested, type Layer, type LayerGraph, readLayerGraph, tensorKey } from './layer-graph.ts';
import { LayerWeights } from './layer-weights.ts';
import { layers as mappings } from './layers/index.ts';

/** Models within models, at most so deep. */
const deepest = 16;

/**
 * A tfjs layers model (Keras) as ONNX, `json` being the whole model.json. Throws ModelError for a malformed file, and lists
 * every layer that cannot be converted.
 */
export function readLayersModel(
  json: Json,
  weights: ReadonlyMap<string, Tensor>,
  options: ImportOptions,
): Converted {
  const topology = json.get('modelTopology');
  const model = topology.optional('model_config') ?? topology;
  const graph = readLayerGraph(model.get('class_name').text(), model.get('config'));
  requireKnown('The tfjs layers model', classNames(graph, 0), new Set(['InputLayer', ...mappings.keys()]));
  const reader = new LayersReader(new LayerWeights(weights), options);
  const outputs = reader.run(graph, { given: undefined, depth: 0 });
  const named = new Map(outputs.map((x, i) => [outputName(graph, i), x]));
  return { model: finish(reader.w, named, options), tally: reader.tally, notes: reader.w.notes };
}

/** A model with one output has the name of the layer that makes it. */
function outputName({ outputs }: LayerGraph, i: number): string {
  const [layer = '', call, tensor] = outputs[i]!.split(/:(\d+):(\d+)$/);
  const first = outputs.findIndex((key) => key.startsWith(`${layer}:`)) === i;
  return first ? layer : `${layer}_${call}_${tensor}`;
}

function classNames({ layers }: LayerGraph, depth: number): string[] {
  if (depth > deepest)
    throw new ModelError(`The tfjs layers model must be nested at most ${deepest} deep, is deeper`);
  return layers.flatMap((layer) =>
    isNested(layer)
      ? classNames(readLayerGraph(layer.className, layer.config), depth + 1)
      : [layer.className],
  );
}

interface Around {
  /** What the model's inputs are; undefined for the outermost, whose inputs are the graph's. */
  readonly given: readonly Operand[] | undefined;
  readonly depth: number;
}

class LayersReader {
  readonly w = new Writer('tfjs');
  readonly tally = new Tally();
  readonly #weights: LayerWeights;
  readonly #options: ImportOptions;

  constructor(weights: LayerWeights, options: ImportOptions) {
    this.#weights = weights;
    this.#options = options;
  }

  /** Writes the layers in an order in which each finds its inputs, and returns the model's outputs. */
  run(graph: LayerGraph, around: Around): Operand[] {
    const tensors = new Map<string, Operand>();
    this.#bindInputs(graph, { ...around, tensors });
    let open = graph.layers.flatMap((layer) =>
      layer.calls.map((inputs, i) => ({ layer, inputs, call: layer.firstCall + i })),
    );
    open = open.filter(({ layer, call }) => !tensors.has(tensorKey(layer.name, call, 0)));
    while (open.length) {
      const left = open.filter(({ layer, inputs, call }) => {
        if (!inputs.every((key) => tensors.has(key))) return true;
        const operands = inputs.map((key) => tensors.get(key)!);
        this.#call(layer, operands, around.depth).forEach((x, i) => {
          tensors.set(tensorKey(layer.name, call, i), x);
        });
        return false;
      });
      if (left.length === open.length) throw unreachable(left[0]!, tensors);
      open = left;
    }
    return graph.outputs.map((key) => found(tensors, key));
  }

  #bindInputs(graph: LayerGraph, { given, tensors }: Around & { tensors: Map<string, Operand> }): void {
    if (given && given.length !== graph.inputs.length)
      throw new ModelError(`must have ${graph.inputs.length} inputs, has ${given.length}`);
    graph.inputs.forEach((key, i) => {
      const name = key.replace(/:\d+:\d+$/, '');
      const layer = graph.layers.find((candidate) => candidate.name === name);
      if (!layer)
        throw new ModelError(`Input '${name}' must be a layer of the model, is not`, { value: name });
      tensors.set(key, given ? given[i]! : naming({ op: layer.className, name }, () => this.#input(layer)));
    });
  }

  #input({ name, config }: Layer): Operand {
    const json = config.optional('batch_input_shape') ?? config.get('batch_shape');
    const shape = json
      .list()
      .map(
        (size, axis): Dim => (size.value === null ? (axis === 0 ? 'N' : `${name}_${axis}`) : size.integer()),
      );
    if (shape.some((dim) => typeof dim === 'number' && dim < 0))
      throw new ModelError(`must have sizes from 0, has [${shape.join(', ')}]`);
    const dtype = config.optional('dtype')?.value === 'int32' ? 'int32' : 'float32';
    return this.w.input(name, { dtype, shape, layout: interfaceLayout(shape.length, this.#options.layout) });
  }

  #call(layer: Layer, inputs: readonly Operand[], depth: number): Operand[] {
    const { className, name, config } = layer;
    return naming({ op: className, name }, () => {
      if (isNested(layer))
        return this.run(readLayerGraph(className, config), { given: inputs, depth: depth + 1 });
      const mapping = mappings.get(className);
      if (!mapping) throw new ModelError('must be an input of the model, is not');
      const { nodes } = this.w.g.graph;
      const before = nodes.length;
      const weight = (key: string): Operand => this.#weights.get(name, key);
      const outputs = [mapping({ w: this.w, className, name, config, inputs, weight })].flat();
      const written = nodes.slice(before);
      this.tally.add(
        className,
        written.map(({ opType }) => opType),
      );
      if (outputs.length === 1) nameAfter(outputs[0]!, { name, written });
      return outputs.map((x) => renamed(x, name));
    });
  }
}

function found(tensors: ReadonlyMap<string, Operand>, key: string): Operand {
  const operand = tensors.get(key);
  if (operand) return operand;
  throw new ModelError(`Output '${key}' must be made by a layer, is not`, { value: key });
}

function unreachable(
  { layer, inputs }: { layer: Layer; inputs: readonly string[] },
  tensors: ReadonlyMap<string, Operand>,
): ModelError {
  const missing = inputs.find((key) => !tensors.has(key)) ?? '';
  return new ModelError(
    `${layer.className} '${layer.name}' takes '${missing}', which no layer makes, or which depends on it`,
    { op: layer.className, node: layer.name, value: missing },
  );
}
