import { type Attribute, formatShape, type Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import type { NodePair } from './match-nodes.ts';

/** What differs between a node and its twin, in words: operator, attributes, inputs, shapes. Weights are not among it. */
export function nodeChanges({ before, after }: NodePair): string[] {
  const operator =
    operatorOf(before) === operatorOf(after) ? [] : [`operator ${operatorOf(before)} → ${operatorOf(after)}`];
  return [
    ...operator,
    ...attributeChanges(before, after),
    ...inputChanges(before, after),
    ...shapeChanges(before, after),
  ];
}

export const operatorOf = ({ domain, opType }: Node): string =>
  domain && domain !== 'ai.onnx' ? `${domain}.${opType}` : opType;

function attributeChanges(before: Node, after: Node): string[] {
  const names = new Set([...before.attributes.keys(), ...after.attributes.keys()]);
  return [...names].flatMap((name) => {
    const [a, b] = [textOf(before.attributes.get(name)), textOf(after.attributes.get(name))];
    return a === b ? [] : [`${name} ${a} → ${b}`];
  });
}

function textOf(attribute: Attribute | undefined): string {
  if (!attribute) return 'default';
  const { type, value } = attribute;
  if (type === 'string') return Buffer.from(value).toString('utf8');
  if (type === 'tensor') return `${value.dtype}${formatShape(value.shape)}`;
  if (type === 'graph') return `graph of ${value.nodes.length} nodes`;
  if (type === 'ints' || type === 'floats') return `[${value.join(', ')}]`;
  return type === 'int' || type === 'float' || type === 'reference' ? String(value) : type;
}

/** Constants that came, went or have another shape or type; computed inputs that are now constant or the reverse. */
function inputChanges(before: Node, after: Node): string[] {
  const count = Math.max(before.inputs.length, after.inputs.length);
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [inputText(before.inputs[i]), inputText(after.inputs[i])];
    return a === b ? [] : [`input ${i} ${a} → ${b}`];
  }).flat();
}

function inputText(value: Value | undefined): string {
  if (!value) return 'none';
  const tensor = constantOf(value);
  return tensor ? `${tensor.dtype}${formatShape(tensor.shape)}` : 'computed';
}

function shapeChanges(before: Node, after: Node): string[] {
  const [a, b] = [before.outputs[0], after.outputs[0]];
  if (!a?.shape || !b?.shape) return [];
  const [old, now] = [`${a.dtype}${formatShape(a.shape)}`, `${b.dtype}${formatShape(b.shape)}`];
  return old === now ? [] : [`output ${old} → ${now}`];
}
