import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { decodeModel, encodeModel } from './model.ts';
import { readMessage } from './protobuf-reader.ts';
import { writeMessage } from './protobuf-writer.ts';
import type { ModelProto } from './schema.ts';
import { toSparse } from './sparse.ts';
import { concat } from './unpack.ts';

/** Protobuf lengths are 31 bits in every runtime that reads the file. */
export const maxBytes = 2 ** 31 - 1;

/**
 * Reads an ONNX model. Tensors with `raw_data` are views of `bytes`; what the IR has no word for is kept and
 * written back. Throws ModelError, saying where, if the bytes are malformed or keep data in another file.
 */
export function readModel(bytes: Uint8Array): Model {
  return decodeModel(readMessage('ModelProto', bytes));
}

export interface WriteOptions {
  /** Writes initializers as values and indices where that is smaller: float32 above two thirds of zeros. Default false. */
  readonly sparse?: boolean;
}

/**
 * The bytes of an ONNX file. All tensor data is written as `raw_data`.
 * Throws ModelError beyond 2 GiB, where protobuf ends, and for `sparse` before IR version 5.
 */
export function writeModel(model: Model, options: WriteOptions = {}): Uint8Array {
  return concat(toPieces(messageOf(model, options)));
}

/** A model as the message that is written. */
export const messageOf = (model: Model, { sparse = false }: WriteOptions): ModelProto =>
  sparse ? toSparse(encodeModel(model)) : encodeModel(model);

/** How many bytes `writeModel` gives, without a copy of the tensors. Throws ModelError beyond 2 GiB. */
export const writtenSize = (model: Model, options: WriteOptions = {}): number =>
  toPieces(messageOf(model, options)).reduce((sum, piece) => sum + piece.length, 0);

/** The bytes of a model in pieces, of which the large ones are the tensors' own. */
export function toPieces(message: ModelProto): Uint8Array[] {
  const pieces = writeMessage('ModelProto', message);
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (total <= maxBytes) return pieces;
  throw new ModelError(
    `An ONNX file must be at most ${maxBytes} bytes long, this one would be ${total}; save it with externalData`,
  );
}
