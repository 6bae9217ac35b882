import { ModelError } from '../errors.ts';
import type { Attribute } from '../ir/index.ts';
import { keep } from './entries.ts';
import { decodeGraph, encodeGraph } from './graph.ts';
import type { AttributeProto, GraphProto, TensorProto } from './schema.ts';
import type { Scope } from './scope.ts';
import { decodeTensor, encodeTensor } from './tensor.ts';

/** AttributeProto.AttributeType by code: the IR's word, the field that holds the value, its value if absent. */
const kinds = {
  1: ['float', 'f', 0],
  2: ['int', 'i', 0],
  3: ['string', 's', new Uint8Array(0)],
  4: ['tensor', 't', undefined],
  5: ['graph', 'g', undefined],
  6: ['floats', 'floats', []],
  7: ['ints', 'ints', []],
  8: ['strings', 'strings', []],
  9: ['tensors', 'tensors', []],
  10: ['graphs', 'graphs', []],
} as const;

type Kind = (typeof kinds)[keyof typeof kinds];

const kindOf = (code: number): Kind | undefined => kinds[code as keyof typeof kinds];
const codes = new Map(Object.entries(kinds).map(([code, [type]]) => [type as string, Number(code)]));

/** `scope` has the values that a subgraph may use; `label` names the attribute in errors. */
export function decodeAttribute(message: AttributeProto, scope: Scope | undefined, label: string): Attribute {
  const { name, type, ref_attr_name, ...rest } = message;
  if (ref_attr_name) return { type: 'reference', value: ref_attr_name, of: type ?? 0, ...foreign(rest) };
  const kind = kindOf(type || impliedType(message));
  if (!kind) return { type: 'other', value: { type, ...rest } };
  const [word, field, absent] = kind;
  const { [field]: written, ...others } = rest;
  const value = written ?? absent;
  if (value === undefined) throw new ModelError(`${label} must have a ${word}, has none`);
  return { type: word, value: fromMessage(word, value, { scope, label }), ...foreign(others) } as Attribute;
}

/** The first IR version did not write an attribute's type. */
function impliedType(message: AttributeProto): number {
  const found = Object.entries(kinds).find(([, [, field]]) => message[field] !== undefined);
  return found ? Number(found[0]) : 0;
}

const foreign = (rest: AttributeProto): { foreign?: AttributeProto } => (keep(rest) ? { foreign: rest } : {});

interface Place {
  readonly scope: Scope | undefined;
  readonly label: string;
}

function fromMessage(word: Kind[0], value: unknown, { scope, label }: Place): unknown {
  if (word === 'tensor') return decodeTensor(value as TensorProto, label);
  if (word === 'tensors') return (value as TensorProto[]).map((t, i) => decodeTensor(t, `${label}[${i}]`));
  if (word === 'graph') return decodeGraph(value as GraphProto, scope);
  if (word === 'graphs') return (value as GraphProto[]).map((g) => decodeGraph(g, scope));
  return value;
}

export function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const rest = attribute.foreign as AttributeProto | undefined;
  if (attribute.type === 'reference')
    return { ...rest, name, type: attribute.of, ref_attr_name: attribute.value };
  if (attribute.type === 'other') return { ...(attribute.value as AttributeProto), name };
  const type = codes.get(attribute.type)!;
  return { ...rest, name, type, [kindOf(type)![1]]: toMessage(attribute) };
}

function toMessage(attribute: Attribute): unknown {
  if (attribute.type === 'tensor') return encodeTensor(attribute.value);
  if (attribute.type === 'tensors') return attribute.value.map((tensor) => encodeTensor(tensor));
  if (attribute.type === 'graph') return encodeGraph(attribute.value);
  if (attribute.type === 'graphs') return attribute.value.map(encodeGraph);
  return attribute.value;
}
