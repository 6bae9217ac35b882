import { ModelError } from '../errors.ts';
import { type Attribute, Node, Value } from '../ir/index.ts';
import { decodeAttribute, encodeAttribute } from './attribute.ts';
import { keep, nonBlank, nonEmpty, readMetadata, writeMetadata } from './entries.ts';
import type { NodeProto } from './schema.ts';
import type { Scope } from './scope.ts';

/** Makes the node and defines its outputs in `scope`. Throws ModelError, naming the node, if it does not fit. */
export function decodeNode(message: NodeProto, scope: Scope): Node {
  const { input = [], output = [], name, op_type, attribute, ...more } = message;
  const { doc_string, domain, overload, metadata_props, ...rest } = more;
  const label = `Node ${op_type ?? ''} '${name || output[0] || ''}'`;
  if (!op_type) throw new ModelError(`${label} must have an op_type, has none`, { node: name });
  const node = new Node({
    opType: op_type,
    domain,
    name,
    inputs: input.map((used) => (used ? scope.use(used, label) : undefined)),
    attributes: decodeAttributes(message, scope, label),
    outputs: output.map((made) => (made ? scope.define(new Value(made), label) : new Value(''))),
  });
  node.overload = overload ?? '';
  node.docString = doc_string ?? '';
  node.foreign = keep({ ...rest, metadata_props: readMetadata(metadata_props, node.metadata) });
  return node;
}

function decodeAttributes(message: NodeProto, scope: Scope, label: string): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const attribute of message.attribute ?? []) {
    const { name = '' } = attribute;
    if (attributes.has(name)) throw new ModelError(`${label} has attribute '${name}' twice`);
    attributes.set(name, decodeAttribute(attribute, scope, `${label} attribute '${name}'`));
  }
  return attributes;
}

export function encodeNode(node: Node): NodeProto {
  const { metadata_props, ...rest } = (node.foreign as NodeProto | undefined) ?? {};
  return {
    ...rest,
    input: node.inputs.map((input) => input?.name ?? ''),
    output: node.outputs.map((output) => output.name),
    name: nonBlank(node.name),
    op_type: node.opType,
    domain: nonBlank(node.domain),
    overload: nonBlank(node.overload),
    attribute: nonEmpty(Array.from(node.attributes, ([name, a]) => encodeAttribute(name, a))),
    doc_string: nonBlank(node.docString),
    metadata_props: writeMetadata(node.metadata, metadata_props),
  };
}
