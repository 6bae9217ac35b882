import type { Graph, Node, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { channelAxis, type Layer, layerOf } from './layer.ts';
import { type Place, steps } from './step.ts';

/** Two layers, and only operators between them that commute with positive factors of the channels. */
export interface Chain {
  readonly from: Layer;
  readonly to: Layer;
  /** Input channels of `to` for each output channel of `from`: more than 1 behind a Flatten. */
  readonly inner: number;
  /** Constants that are added on the way: they take the factors as well. */
  readonly constants: readonly AddedConstant[];
  readonly clips: readonly Clipping[];
  /** Operators between the layers. */
  readonly through: readonly Node[];
  /** Whether a number added to a channel (whose values stay positive) comes out as it went in. */
  readonly shifts: boolean;
}

export interface AddedConstant {
  readonly node: Node;
  /** Which input of the node it is. */
  readonly index: number;
  readonly place: Place;
}

/** A Clip of a chain. */
export interface Clipping {
  readonly node: Node;
  readonly place: Place;
  readonly low: number;
  readonly high: number;
}

/** The chains of a graph, and why a layer begins none. */
export interface Chains {
  readonly chains: readonly Chain[];
  readonly stops: ReadonlyMap<Layer, string>;
}

/** Finds all chains; types must be annotated. A layer is in at most one as `from` and in at most one as `to`. */
export function findChains(graph: Graph): Chains {
  const layers = new Map(
    graph.nodes.flatMap((node) => {
      const layer = layerOf(node);
      return layer ? [[node, layer] as const] : [];
    }),
  );
  const chains: Chain[] = [];
  const stops = new Map<Layer, string>();
  const outputs = new Set(graph.outputs);
  for (const layer of layers.values()) {
    const found = follow(layer, { layers, outputs, nodes: new Set(graph.nodes) });
    if (typeof found === 'string') stops.set(layer, found);
    else chains.push(found);
  }
  return { chains, stops };
}

interface Surroundings {
  readonly layers: ReadonlyMap<Node, Layer>;
  readonly outputs: ReadonlySet<Value>;
  readonly nodes: ReadonlySet<Node>;
}

interface Way {
  readonly constants: AddedConstant[];
  readonly clips: Clipping[];
  readonly through: Node[];
  shifts: boolean;
}

/** The chain that begins at a layer, or why there is none. */
function follow(from: Layer, around: Surroundings): Chain | string {
  if (from.node.input(1).uses.length > 1) return 'its weights are used more than once';
  let value = from.node.output();
  if (!value.shape) return 'the shape of its output is not known';
  let place: Place = { axis: channelAxis(from, value), inner: 1 };
  const way: Way = { constants: [], clips: [], through: [], shifts: true };
  for (;;) {
    const next = onlyReader(value, around);
    if (typeof next === 'string') return next;
    const to = around.layers.get(next);
    if (to)
      return next.inputs[0] === value
        ? end({ from, to, inner: place.inner, ...way }, place)
        : 'it is no activation there';
    const moved = pass(way, next, place);
    if (typeof moved === 'string') return moved;
    place = moved;
    value = next.output();
  }
}

function onlyReader(value: Value, { outputs, nodes }: Surroundings): Node | string {
  if (outputs.has(value)) return `'${value.name}' is an output of the model`;
  const [use, ...more] = value.uses;
  if (!use || more.length > 0) return `'${value.name}' is read by ${value.uses.length} nodes`;
  if (!nodes.has(use.node)) return `'${value.name}' is read by a subgraph`;
  if (!value.shape) return `the shape of '${value.name}' is not known`;
  return use.node;
}

function end(chain: Chain, { axis }: Place): Chain | string {
  const { from, to, inner } = chain;
  const [own, value] = [to.node.input(1), to.node.input(0)];
  if (own.uses.length > 1) return `the weights of ${to.node.label} are used more than once`;
  if (channelAxis(to, value) !== axis || to.inputs !== from.outputs * inner)
    return `its channels are not those of ${to.node.label}`;
  return chain;
}

/** Goes past a node that is no layer; a text says why it cannot. */
function pass(way: Way, node: Node, place: Place): Place | string {
  if (node.domain !== '' || node.outputs.filter((output) => output.uses.length > 0).length > 1)
    return `${node.label} has more outputs or another domain`;
  way.through.push(node);
  if (node.opType === 'Add' || node.opType === 'Sub') return passAdd(way, node, place);
  if (node.opType === 'Clip') return passClip(way, node, place);
  const rule = steps[node.opType];
  if (!rule) return `${node.label} does not commute with factors of channels`;
  if (rule.shifts && !rule.shifts(node)) way.shifts = false;
  return rule.move(node, place) ?? `${node.label} mixes channels, or is not positively homogeneous`;
}

function passAdd(way: Way, node: Node, place: Place): Place | string {
  const index = constantOf(node.inputs[1]) ? 1 : 0;
  const constant = constantOf(node.inputs[index]);
  const rank = node.output().shape?.length;
  if (!constant || rank !== node.input(1 - index).shape?.length)
    return `${node.label} adds what is no constant`;
  const size = node.output().shape![place.axis];
  const own = constant.shape[place.axis - rank! + constant.shape.length];
  if (constant.dtype !== 'float32' || (constant.size !== 1 && own !== size))
    return `${node.label} adds no number for each channel`;
  way.constants.push({ node, index, place });
  return place;
}

function passClip(way: Way, node: Node, place: Place): Place | string {
  const [low, high] = clipBounds(node);
  if (low === undefined || high === undefined) return `the bounds of ${node.label} are not constant`;
  if (low > 0 || high < 0) return `${node.label} gives no 0`;
  way.clips.push({ node, place, low, high });
  if (Number.isFinite(high)) way.shifts = false;
  return place;
}

/** Lower and upper bound of a Clip, from inputs or (before operator set 11) attributes; undefined if computed. */
export function clipBounds(node: Node): [low: number | undefined, high: number | undefined] {
  const bound = (index: number, name: string, absent: number) =>
    node.inputs[index] ? constantOf(node.inputs[index])?.toNumbers()[0] : node.float(name, absent);
  return [bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
}
