import type { Attribute } from './attribute.ts';
import type { Graph } from './graph.ts';
import type { LocalFunction, Model } from './model.ts';
import type { Node } from './node.ts';
import { printFloat, printTensor, shorten } from './print-tensor.ts';
import { formatShape } from './shape.ts';
import type { TensorType, Value } from './value.ts';

const decoder = new TextDecoder();

/**
 * A model as text, one line per value: inputs with types, initializers with sizes (small ones with their
 * elements), nodes with inputs and attributes, subgraphs indented. For people; there is no parser for it.
 */
export function print(model: Model): string {
  const { irVersion, opsets, metadata, graph, functions } = model;
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ');
  const lines = [
    `model ir_version ${irVersion}${printOpsets(opsets)}${producer ? `, by ${producer}` : ''}`,
    ...printNotes(model.docString, metadata),
    ...printGraph(`graph ${graph.name}`, graph),
    ...functions.flatMap(printFunction),
  ];
  return `${lines.join('\n')}\n`;
}

const printOpsets = (opsets: ReadonlyMap<string, number>): string =>
  Array.from(opsets, ([domain, version]) => `, opset ${domain && `${domain} `}${version}`).join('');

function printNotes(docString: string, metadata: ReadonlyMap<string, string>): string[] {
  const lines = Array.from(metadata, ([key, value]) => `# ${key}: ${JSON.stringify(shorten(value))}`);
  return docString ? [`# ${JSON.stringify(shorten(docString))}`, ...lines] : lines;
}

function printFunction(local: LocalFunction): string[] {
  const { domain, name, overload, attributes } = local;
  const parameters = Array.from(attributes, ([key, value]) => (value ? `${key}: ${printValue(value)}` : key));
  const angle = parameters.length ? ` <${parameters.join(', ')}>` : '';
  const full = [domain, name, overload].filter(Boolean).join('.');
  return printGraph(`function ${full}${angle}${printOpsets(local.opsets)}`, local.graph);
}

function printGraph(head: string, graph: Graph): string[] {
  const inputs = graph.inputs.map(printTyped).join(', ');
  const outputs = graph.outputs.map(printTyped).join(', ');
  const lines = [
    ...printNotes(graph.docString, graph.metadata),
    ...Array.from(graph.initializers.values(), (v) => `${printTyped(v)} = ${printTensor(v.tensor)}`),
    ...graph.nodes.flatMap(printNode),
  ];
  return [`${head}(${inputs}) -> (${outputs}) {`, ...indent(lines), '}'];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** `y: float32[N,16]`; only the name if no type is known. */
function printTyped({ name, type }: Value): string {
  return type ? `${name}: ${printType(type)}` : name;
}

const printType = ({ dtype, shape }: TensorType): string =>
  `${dtype ?? '?'}${formatShape(shape).replaceAll(', ', ',')}`;

function printNode(node: Node): string[] {
  const { domain, opType, overload, attributes, inputs, outputs } = node;
  const full = [domain, opType, overload].filter(Boolean).join('.');
  const left = outputs.map((output) => (output.name ? printTyped(output) : '_')).join(', ');
  const right = inputs.map((input) => input?.name ?? '_').join(', ');
  const flat = Array.from(attributes).filter(([, { type }]) => type !== 'graph' && type !== 'graphs');
  const braces = flat.length ? ` {${flat.map(([key, a]) => `${key}: ${printValue(a)}`).join(', ')}}` : '';
  return [
    ...printNotes(node.docString, node.metadata),
    `${left} = ${full}(${right})${braces}`,
    ...indent(Array.from(attributes).flatMap(([key, a]) => printSubgraphs(key, a))),
  ];
}

function printSubgraphs(key: string, attribute: Attribute): string[] {
  if (attribute.type === 'graph') return printGraph(`${key}: graph ${attribute.value.name}`, attribute.value);
  if (attribute.type !== 'graphs') return [];
  return attribute.value.flatMap((graph, i) => printGraph(`${key}[${i}]: graph ${graph.name}`, graph));
}

function printValue(attribute: Attribute): string {
  const { type, value } = attribute;
  if (type === 'string') return quote(value);
  if (type === 'strings') return `[${value.map(quote).join(', ')}]`;
  if (type === 'tensor') return `${printType(value)} ${printTensor(value)}`;
  if (type === 'tensors') return `[${value.map((t) => `${printType(t)} ${printTensor(t)}`).join(', ')}]`;
  if (type === 'ints') return printList(value, String);
  if (type === 'floats') return printList(value, printFloat);
  if (type === 'reference') return `@${value}`;
  if (type === 'float') return printFloat(value);
  return type === 'int' ? `${value}` : type;
}

/** As many numbers as one line can show. */
function printList(list: readonly (number | bigint)[], print: (value: number | bigint) => string): string {
  const more = list.length > 16 ? `, ... ${list.length} in all` : '';
  return `[${list.slice(0, 16).map(print).join(', ')}${more}]`;
}

const quote = (bytes: Uint8Array): string => JSON.stringify(shorten(decoder.decode(bytes)));
