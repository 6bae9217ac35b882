import { createHash } from 'node:crypto';
import { readMessage } from '../../src/onnx/protobuf-reader.ts';

/** A part of a file, by its content. */
export interface Piece {
  /** sha256 in hexadecimal. */
  readonly hash: string;
  readonly size: number;
}

/** Tensors of fewer bytes travel with what is around them. */
const smallest = 4096;

/**
 * An ONNX file in pieces: each tensor's bytes are one, and what lies between two of them. So a model whose classifier was
 * trained anew shares all other pieces with the one before. A file that is no ONNX is one piece.
 */
export function piecesOf(file: Uint8Array): Piece[] {
  const cuts = [0, ...tensorSpans(file).flat(), file.length];
  return cuts.slice(1).flatMap((end, i) => {
    const part = file.subarray(cuts[i], end);
    return part.length === 0
      ? []
      : [{ hash: createHash('sha256').update(part).digest('hex'), size: part.length }];
  });
}

/** Begin and end of each large tensor's bytes, in order. */
function tensorSpans(file: Uint8Array): [number, number][] {
  const spans: [number, number][] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      const start = value.byteOffset - file.byteOffset;
      if (value.length >= smallest && value.buffer === file.buffer) spans.push([start, start + value.length]);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  const model = parsed(file);
  if (model) visit(model);
  return spans.sort(([a], [b]) => a - b);
}

function parsed(file: Uint8Array): unknown {
  try {
    return readMessage('ModelProto', file);
  } catch {
    // Another format, such as a TensorRT engine: it travels whole.
    return undefined;
  }
}
