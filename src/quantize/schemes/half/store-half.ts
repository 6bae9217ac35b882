import { createBuilder } from '../../../ops/index.ts';
import type { Rewriting } from '../../../passes/index.ts';
import { NoiseMeter } from '../../sqnr.ts';
import type { Rewritten } from '../scheme-report.ts';
import { type HalfType, largest, narrow } from './narrow.ts';
import { widened } from './widened.ts';

/** Constants of fewer numbers would not pay for the node that widens them. */
const smallest = 64;

/**
 * Keeps float32 constants in 16 bits behind a Cast, IN PLACE: a smaller file whose weights onnxruntime widens once when it
 * loads the model, and computes with in float32.
 */
export function storeHalf(rewriting: Rewriting, dtype: HalfType): Rewritten[] {
  const { graph } = rewriting;
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('widened') });
  const inputs = new Set(graph.inputs);
  const stored = [...graph.initializers.values()].filter(
    (value) =>
      value.dtype === 'float32' &&
      value.tensor!.size >= smallest &&
      !inputs.has(value) &&
      value.uses.length > 0,
  );
  return stored.map((value) => {
    const tensor = value.tensor!;
    const narrowed = rewriting.constant(graph, `${value.name}_${dtype}`, narrow(tensor, dtype));
    const op = value.uses[0]!.node.opType;
    graph.replaceUses(value, builder.op('Cast', [narrowed], { to: 1 }));
    const meter = new NoiseMeter();
    const data = tensor.data as Float32Array;
    const limited = data.map((x) => Math.min(Math.max(x, -largest[dtype]), largest[dtype]));
    meter.add(data, widened(limited, dtype));
    const [bytesBefore, bytesAfter] = [tensor.bytes.length, narrowed.tensor!.bytes.length];
    return { name: value.name, op, form: `${dtype}, Cast`, sqnr: meter.sqnr, bytesBefore, bytesAfter };
  });
}
