import { type Attribute, type Node, Tensor, type Value } from '../ir/index.ts';
import { constantChannels } from './constant-channels.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

export const constant: Op = {
  type: 'Constant',
  infer(node) {
    const { dtype, shape } = constantTensor(node);
    return [{ dtype, shape }];
  },
  cost: moves,
  channels: constantChannels,
};

/** The data of a value that never changes: an initializer's or a Constant node's; else undefined. */
export function constantOf(value: Value | undefined): Tensor | undefined {
  const node = value?.producer;
  if (!node) return value?.tensor;
  return node.opType === constant.type && node.domain === '' ? constantTensor(node) : undefined;
}

/** What a Constant node holds, whichever of its attributes says it. Throws ModelError for sparse tensors. */
function constantTensor(node: Node): Tensor {
  const attributes = [...node.attributes].filter(([name]) => name.startsWith('value'));
  const tensor = attributes.length === 1 ? tensorOf(attributes[0]![1]) : undefined;
  if (tensor) return tensor;
  throw node.error(
    `must have one attribute with a dense value, has ${[...node.attributes.keys()].join(', ') || 'none'}`,
  );
}

function tensorOf(attribute: Attribute): Tensor | undefined {
  switch (attribute.type) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return Tensor.of('float32', [attribute.value], []);
    case 'floats':
      return Tensor.of('float32', attribute.value);
    case 'int':
      return Tensor.of('int64', BigInt64Array.of(BigInt(attribute.value)), []);
    case 'ints':
      return Tensor.of('int64', BigInt64Array.from(attribute.value, BigInt));
    case 'string':
      return new Tensor('string', [], new Uint8Array(), [attribute.value]);
    case 'strings':
      return new Tensor('string', [attribute.value.length], new Uint8Array(), attribute.value);
    default:
      return undefined;
  }
}
