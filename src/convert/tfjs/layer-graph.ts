import { ModelError } from '../../errors.ts';
import type { Json } from '../json.ts';

/** A layer of a Keras model as its file has it. */
export interface Layer {
  readonly className: string;
  readonly name: string;
  readonly config: Json;
  /** One entry a call: the keys of the tensors that go in. */
  readonly calls: readonly (readonly string[])[];
  /** Number of the first call: 1 for a nested model, whose own definition counts as call 0. */
  readonly firstCall: number;
}

/** A Keras model: its layers, and the keys of its inputs and outputs. */
export interface LayerGraph {
  readonly layers: readonly Layer[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Names output `tensor` of call `call` of a layer. */
export const tensorKey = (layer: string, call: number, tensor: number): string =>
  `${layer}:${call}:${tensor}`;

const nestedClasses = new Set(['Model', 'Functional', 'Sequential']);

export const isNested = ({ className }: Layer): boolean => nestedClasses.has(className);

/** Reads a model or a nested one: a list of layers (Sequential), or layers with connections. */
export const readLayerGraph = (className: string, config: Json): LayerGraph =>
  className === 'Sequential' ? sequential(config) : functional(config);

/** Each layer takes what the one before gives. Files without an InputLayer have the input's shape in the first layer. */
function sequential(config: Json): LayerGraph {
  const list = Array.isArray(config.value) ? config.list() : config.get('layers').list();
  if (list.length === 0) throw new ModelError(`${config.where} must have layers, has none`);
  const read = list.map((json) => readLayer(json, []));
  const starts = read[0]!.className === 'InputLayer';
  const first: Layer[] = starts
    ? []
    : [{ ...read[0]!, className: 'InputLayer', name: `${read[0]!.name}_input` }];
  const all = [...first, ...read];
  const layers = all.map((layer, i) => ({
    ...layer,
    calls: i ? [[tensorKey(all[i - 1]!.name, 0, 0)]] : [[]],
  }));
  return {
    layers,
    inputs: [tensorKey(layers[0]!.name, 0, 0)],
    outputs: [tensorKey(layers.at(-1)!.name, 0, 0)],
  };
}

function functional(config: Json): LayerGraph {
  const layers = config
    .get('layers')
    .list()
    .map((json) => {
      const calls = json.get('inbound_nodes').list().map(callInputs);
      return readLayer(json, calls.length ? calls : [[]]);
    });
  const outputs = endpoints(config.get('output_layers'));
  const used = new Set([...layers.flatMap((layer) => layer.calls.flat()), ...outputs]);
  return {
    layers: layers.map((layer) => numbered(layer, used)),
    inputs: endpoints(config.get('input_layers')),
    outputs,
  };
}

/** A nested model's calls count from 1, unless something takes from its call 0. */
function numbered(layer: Layer, used: ReadonlySet<string>): Layer {
  const fromZero = [...used].some((key) => key.startsWith(`${layer.name}:0:`));
  return isNested(layer) && !fromZero ? { ...layer, firstCall: 1 } : layer;
}

function readLayer(json: Json, calls: Layer['calls']): Layer {
  const config = json.get('config');
  const className = json.get('class_name').name();
  // A nested Sequential may have a bare list as its config.
  const name = json.optional('name') ?? (Array.isArray(config.value) ? undefined : config.optional('name'));
  return { className, name: name?.name() ?? className, config, calls, firstCall: 0 };
}

/** `["conv", 0, 0]` once, or a list of such. */
function endpoints(json: Json): string[] {
  const list = json.list();
  return typeof list[0]?.value === 'string' ? [reference(json)] : list.map(reference);
}

function reference(json: Json): string {
  const [layer, call, tensor] = json.list();
  if (!layer) throw new ModelError(`${json.where} must name a layer, is empty`);
  return tensorKey(layer.text(), call?.integer() ?? 0, tensor?.integer() ?? 0);
}

/** The inputs of one call: Keras 2 lists them, Keras 3 hides them in its arguments. */
function callInputs(json: Json): string[] {
  if (Array.isArray(json.value)) return endpoints(json);
  const histories: Json[] = [];
  const pending = [json.get('args')];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (Array.isArray(next.value)) pending.push(...next.list().reverse());
    else if (typeof next.value === 'object' && next.value !== null) {
      const history = next.optional('config')?.optional('keras_history');
      if (history) histories.push(history);
    }
  }
  return histories.map(reference);
}
