import { ModelError } from '../errors.ts';
import { type Graph, type GraphBuilder, isFloat, type Node, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { behindPool, isPooled, isPooledRound } from './behind-pool.ts';
import { rules } from './blocked/rules.ts';
import { plainOf, type Written } from './blocked/writer.ts';
import { copiedAttributes } from './copied-attributes.ts';
import { type FakeQuantization, fakeQuantizations } from './fake-quantization.ts';
import { fakeQuantize, keepsZero } from './fake-quantize.ts';
import { type Kernels, standardKernels } from './kernels.ts';
import { type Rounding, roundings, roundThrough } from './rounding.ts';
import { Tape } from './tape.ts';

/** The forward pass as copied into a training graph. */
export interface TrainingForward {
  readonly outputs: readonly Value[];
  /** New values of buffers, by the buffer in the original graph. */
  readonly updates: ReadonlyMap<Value, Value>;
  readonly tape: Tape;
  /** How each node was written, in order. */
  readonly formulations: readonly Formulation[];
}

export interface Formulation {
  readonly node: string;
  readonly op: string;
  /** In blocked layout by kernels internal to onnxruntime, or by standard operators. */
  readonly layout: 'blocked' | 'standard';
}

export interface CopyOptions {
  /** Default: standard operators only. */
  readonly kernels?: Kernels;
  /** Nodes that work as at inference, normalizations with kept statistics. Default: none. */
  isInference?(node: Node): boolean;
}

/**
 * Copies `graph` into `g` with `bound` in place of its inputs and trained constants, each operator in its training form,
 * or as it is at inference where `isInference` says so; in blocked layout where `kernels` has it.
 * Throws ModelError for float types that cannot be trained.
 */
export function copyForTraining(
  g: GraphBuilder,
  graph: Graph,
  bound: ReadonlyMap<Value, Value>,
  { kernels = standardKernels, isInference = () => false }: CopyOptions = {},
): TrainingForward {
  const [fakes, rounded] = [fakeQuantizations(graph), roundings(graph)];
  const written: Written = {
    ...{ g, graph, fakes, isInference, tape: new Tape(), kernels: { ...kernels, block: kernels.block ?? 1 } },
    ...{ plain: new Map(bound), blocked: new Map(), updates: new Map(), fused: new Set() },
  };
  const formulations = graph.nodes.map((node): Formulation => {
    const { name, opType: op } = node;
    if (isPooled(written, node))
      return { node: name, op, layout: passOn(written, node.input(0), node.output()) };
    const fake = fakes.get(node);
    if (fake) return { node: name, op, layout: writeFakeQuantization(written, fake) };
    const rounding = rounded.get(node);
    if (rounding?.nodes[0] === node) writeRounding(written, rounding);
    const rule = kernels.block && node.domain === '' ? rules[op] : undefined;
    const isWritten = written.fused.has(node) || rule?.(written, node) === true;
    if (!isWritten) writeStandard(written, node);
    const blocked = isWritten && !rounding && !written.plain.has(node.output());
    return { node: name, op, layout: blocked ? 'blocked' : 'standard' };
  });
  const outputs = graph.outputs.map((output) => plainValue(written, output));
  const odd = outputs.find((output) => isFloat(output.dtype) && output.dtype !== 'float32');
  if (odd)
    throw new ModelError(`'${odd.name}' is ${odd.dtype}: only float32 models can be trained`, {
      value: odd.name,
    });
  return { outputs, updates: written.updates, tape: written.tape, formulations };
}

function writeStandard(written: Written, node: Node): void {
  const { g, plain, updates, isInference } = written;
  const inputs = node.inputs.map((value) => value && plainValue(written, value));
  const training = isInference(node) ? undefined : opOf(node)?.training;
  const attributes = copiedAttributes(node, { g, inputs, standsFor: (value) => plainValue(written, value) });
  const form = training
    ? training({ node, g, inputs })
    : { outputs: g.node(node.opType, inputs, attributes, node.outputs.length, node.domain) };
  const [first] = form.outputs;
  if (node.opType === 'MaxPool' && node.outputs.length === 1)
    plain.set(node.output(), pooled(written, node, first!));
  else for (const [index, output] of form.outputs.entries()) plain.set(node.outputs[index]!, output);
  for (const [index, value] of form.updates ?? []) updates.set(node.input(index), value);
}

/** The output of a plain MaxPool with what was before it in the model. */
function pooled(written: Written, pool: Node, value: Value): Value {
  const { g, tape } = written;
  const { relu, fake } = behindPool(written, pool);
  const x = relu ? g.op('Relu', [value]) : value;
  return fake ? fakeQuantize(g, tape, { inputs: { x, scale: plainValue(written, fake.scale) }, fake }) : x;
}

/** Writes a round trip through integers where x is: in blocked layout if it has one scale, and 0 is still 0 after it. */
function writeFakeQuantization(written: Written, fake: FakeQuantization): Formulation['layout'] {
  const { g, tape, blocked, plain, fused } = written;
  for (const node of fake.others) fused.add(node);
  const outputs = fake.others.map((node) => node.output());
  const scale = plainValue(written, fake.scale);
  if (fake.isOnGrid || isPooledRound(written, fake))
    return outputs.map((output) => passOn(written, fake.x, output))[0]!;
  const whole = keepsZero(fake) ? blocked.get(fake.x) : undefined;
  const x = whole?.value ?? plainValue(written, fake.x);
  const value = fakeQuantize(g, tape, { inputs: { x, scale }, fake });
  for (const output of outputs)
    if (whole) blocked.set(output, { value, channels: whole.channels });
    else plain.set(output, value);
  return whole ? 'blocked' : 'standard';
}

function writeRounding(written: Written, { nodes, ...rounding }: Rounding): void {
  const { g, tape, plain, fused } = written;
  const [x, scale] = [rounding.x, rounding.scale].map((value) => plainValue(written, value));
  for (const node of nodes) fused.add(node);
  plain.set(nodes[2].output(), roundThrough(g, tape, { x: x!, scale: scale! }));
}

/** Leaves something out: a pool behind it adds it, or it would change nothing. Returns the layout of what it reads. */
function passOn(written: Written, x: Value, y: Value): Formulation['layout'] {
  const blocked = written.blocked.get(x);
  if (blocked) written.blocked.set(y, blocked);
  else written.plain.set(y, plainValue(written, x));
  return blocked ? 'blocked' : 'standard';
}

/** What stands for a value of the original graph; its constants are copied when they are first used. */
function plainValue(written: Written, value: Value): Value {
  const known = plainOf(written, value);
  if (known) return known;
  if (!value.tensor) throw new ModelError(`'${value.name}' is used before it is made`, { value: value.name });
  const copy = written.g.initializer(written.g.uniqueName(value.name), value.tensor);
  written.plain.set(value, copy);
  return copy;
}
