import { type Fields, tableOf } from './protobuf-table.ts';
import type { MessageName, ModelProto, TensorProto } from './schema.ts';

/** A copy of the model in which `change` has replaced every tensor: weights, attributes, those in subgraphs. */
export function mapTensors(model: ModelProto, change: (tensor: TensorProto) => TensorProto): ModelProto {
  return mapMessage('ModelProto', model as Fields, change) as ModelProto;
}

function mapMessage(
  name: MessageName,
  message: Fields,
  change: (tensor: TensorProto) => TensorProto,
): Fields {
  if (name === 'TensorProto') return change(message) as Fields;
  const copy: Fields = { ...message };
  for (const field of tableOf(name).descending) {
    const type = field.message;
    const value = message[field.name];
    if (!type || value === undefined) continue;
    copy[field.name] = field.repeated
      ? (value as Fields[]).map((one) => mapMessage(type, one, change))
      : mapMessage(type, value as Fields, change);
  }
  return copy;
}
