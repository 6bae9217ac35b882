import { type Node, product } from '../../ir/index.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import { type Bytes, bytesOf, emptyLike, isFixed, quantizationOf } from '../quantization.ts';
import { halfToEven } from '../rounding.ts';

const f = Math.fround;

/**
 * com.microsoft: softmax by a table of exponentials, as onnxruntime's qlinear_softmax.cc: e^x shifted so that the sum of
 * `length` of them stays a float32, largest at 255, divided in float32.
 */
export const qLinearSoftmax: SimulatedOp = {
  type: 'QLinearSoftmax',
  prepare(node) {
    if (![1, 2, 3, 4].every((index) => isFixed(node.inputs[index]))) return undefined;
    return softmax(node);
  },
};

function softmax(node: Node): Kernel {
  const [input, output] = [quantizationOf(node, 1, 2), quantizationOf(node, 3, 4)];
  const scale = Math.floor(f(1 / output.scale));
  const old = node.int('opset', 13) < 13;
  return ([x]) => {
    const { shape } = x!;
    const axis = (node.int('axis', old ? 1 : -1) + shape.length) % shape.length;
    const length = old ? product(shape.slice(axis)) : shape[axis]!;
    const stride = old ? 1 : product(shape.slice(axis + 1));
    const table = exponentials(input.scale, length);
    const { tensor, data } = emptyLike(output, shape);
    const bytes = bytesOf(x!);
    for (let start = 0; start < bytes.length; start++)
      if (Math.floor(start / stride) % length === 0)
        row(bytes, { start, stride, length, table, scale, zeroPoint: output.zeroPoint }, data);
    return tensor;
  };
}

/** e^((i - 255 + shift) * scale) for i of 0 to 255, float32 of float64. */
function exponentials(scale: number, length: number): Float32Array {
  const room = Math.max(0, Math.log(f(3.4028234663852886e38 / length)) - 5) / scale;
  return Float32Array.from({ length: 256 }, (_, i) => Math.exp((i - 255 + room) * scale));
}

interface Row {
  readonly start: number;
  readonly stride: number;
  readonly length: number;
  readonly table: Float32Array;
  readonly scale: number;
  readonly zeroPoint: number;
}

function row(x: Bytes, { start, stride, length, table, scale, zeroPoint }: Row, out: Bytes): void {
  let most = -128;
  for (let i = 0; i < length; i++) most = Math.max(most, x[start + i * stride]!);
  let sum = 0;
  for (let i = 0; i < length; i++) sum = f(sum + table[255 - most + x[start + i * stride]!]!);
  if (sum === 0) return;
  for (let i = 0; i < length; i++) {
    const at = start + i * stride;
    const scaled = f(table[255 - most + x[at]!]! * scale);
    // Where an output scale below 1 / (148 * length) overflows float32, the kernel's conversion to an integer gives 0.
    const q = (Number.isFinite(scaled) ? halfToEven(f(scaled / sum)) : 0) + zeroPoint;
    // Above 255 it is cut for uint8; int8 keeps its low 8 bits, as the kernel does.
    out[at] = out instanceof Uint8Array ? Math.min(q, 255) : q;
  }
}
