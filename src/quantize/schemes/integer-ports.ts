import { ModelError } from '../../errors.ts';
import { type Graph, type Model, type Node, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { Rewriting, removeUnused } from '../../passes/index.ts';
import { Report } from '../../report.ts';

/** An input or output in integers: `real = scale * (integer - zeroPoint)`. */
export interface IntegerPort {
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly dtype: string;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Why an input or output stays float32. */
export interface FloatPort {
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly reason: string;
}

export interface IntegerPorts {
  readonly model: Model;
  readonly ports: readonly IntegerPort[];
  readonly left: readonly FloatPort[];
  readonly report: Report;
}

/**
 * A quantized model that takes and gives integers, as microcontrollers and the Edge TPU want it: without the
 * QuantizeLinear that reads a float32 input and the DequantizeLinear that makes a float32 output. Names stay, the types
 * become int8 or uint8; who feeds the model rounds by `ports`. Both of pairs and of operators on integers; `model` is not
 * changed. Throws ModelError if no input and no output is next to such a node.
 */
export function toIntegerPorts(model: Model): IntegerPorts {
  const rewriting = new Rewriting(model);
  rewriting.annotate();
  const { graph } = rewriting;
  const found = [
    ...graph.feeds.filter(({ dtype }) => dtype === 'float32').map((input) => cutInput(graph, input)),
    ...graph.outputs.filter(({ dtype }) => dtype === 'float32').map((output) => cutOutput(graph, output)),
  ];
  const ports = found.filter((one): one is IntegerPort => 'scale' in one);
  const left = found.filter((one): one is FloatPort => 'reason' in one);
  if (ports.length === 0) {
    const reasons = left.map(({ side, name, reason }) => `${side} '${name}': ${reason}`).join('; ');
    throw new ModelError(
      `No input and no output can be in integers. ${reasons || 'None is float32'}. Quantize the model statically first`,
    );
  }
  return { model: removeUnused(rewriting.finish()), ports, left, report: reportOf(ports, left) };
}

function cutInput(graph: Graph, input: Value): IntegerPort | FloatPort {
  const place = { name: input.name, side: 'input' as const };
  const readers = [...new Set(input.uses.map(({ node }) => node))];
  const other = readers.find((node) => !isPair(node, 'QuantizeLinear'));
  if (readers.length === 0 || other || graph.outputs.includes(input))
    return { ...place, reason: other ? `${other.label} reads it in float` : 'nothing quantizes it' };
  const encodings = readers.map(encodingOf);
  const [first] = encodings;
  if (!first || encodings.some((one) => !one || !isSame(one, first)))
    return { ...place, reason: 'it must have one constant scale and zero point, has others' };
  if (readers.some((node) => graph.outputs.includes(node.output())))
    return { ...place, reason: 'its integers are an output' };
  const integers = new Value(input.name, { dtype: first.dtype, shape: input.shape });
  for (const node of readers) graph.replaceUses(node.output(), integers);
  for (const node of readers) graph.remove(node);
  graph.inputs.splice(graph.inputs.indexOf(input), 1, integers);
  return { ...place, ...first };
}

function cutOutput(graph: Graph, output: Value): IntegerPort | FloatPort {
  const place = { name: output.name, side: 'output' as const };
  const { producer } = output;
  if (!producer || !isPair(producer, 'DequantizeLinear'))
    return { ...place, reason: producer ? `${producer.label} gives it in float` : 'no node makes it' };
  const encoding = encodingOf(producer);
  if (!encoding) return { ...place, reason: 'it must have one constant scale and zero point, has others' };
  const integers = producer.input(0);
  if (!integers.producer || graph.outputs.includes(integers))
    return { ...place, reason: 'its integers are an input or an output already' };
  graph.outputs.splice(graph.outputs.indexOf(output), 1, integers);
  [integers.name, output.name] = [output.name, integers.name];
  return { ...place, ...encoding };
}

const isPair = (node: Node, opType: string): boolean => node.domain === '' && node.opType === opType;

/** Of a QuantizeLinear or DequantizeLinear with one constant scale. */
function encodingOf(node: Node) {
  const [scale, zeroPoint] = [constantOf(node.inputs[1]), constantOf(node.inputs[2])];
  const dtype = zeroPoint?.dtype;
  if (scale?.size !== 1 || zeroPoint?.size !== 1 || (dtype !== 'int8' && dtype !== 'uint8')) return undefined;
  return { dtype, scale: scale.toNumbers()[0]!, zeroPoint: zeroPoint.toNumbers()[0]! };
}

type Encoding = NonNullable<ReturnType<typeof encodingOf>>;

const isSame = (a: Encoding, b: Encoding): boolean =>
  a.dtype === b.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint;

const reportOf = (ports: readonly IntegerPort[], left: readonly FloatPort[]): Report =>
  new Report({
    title: `Inputs and outputs in integers: real = scale * (integer - zero point)`,
    columns: [
      { key: 'name', header: 'name' },
      { key: 'side', header: 'side' },
      { key: 'dtype', header: 'type' },
      { key: 'scale', header: 'scale', significant: 6 },
      { key: 'zeroPoint', header: 'zero point' },
      ...(left.length > 0 ? [{ key: 'reason', header: 'stays float, since', wrap: 50 }] : []),
    ],
    rows: [...ports, ...left.map((port) => ({ ...port, dtype: 'float32' }))].map((row) => ({ ...row })),
  });
