import { halfToFloat, type Model, type Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, InferenceSession } from '../../runtime/index.ts';
import { exposeValues } from '../expose.ts';
import { NoiseMeter } from '../sqnr.ts';
import { narrow } from './half/narrow.ts';

/** Noise of one output of a rewritten model, as onnxruntime computes it here. */
export interface OutputSqnr {
  readonly name: string;
  /** In dB beside the float model; Infinity if equal. */
  readonly sqnr: number;
}

/** The models whose values are compared, on the same feeds, which are those of the float one. */
export interface ValueComparison {
  readonly float: Model;
  readonly rewritten: Model;
  readonly feeds: readonly Feeds[];
}

/**
 * SQNR in dB of every float32 output. A rewritten model may take and give float16 for float32; names must be equal.
 * Nothing if there are no feeds.
 */
export async function outputSqnr(comparison: ValueComparison): Promise<OutputSqnr[]> {
  const { graph } = comparison.float;
  const names = graph.outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const found = await valueSqnr(comparison, names);
  return [...found].map(([name, sqnr]) => ({ name, sqnr }));
}

/** SQNR in dB of values that both models have by these names, inner ones too. Nothing if there are no feeds. */
export async function valueSqnr(
  { float, rewritten, feeds }: ValueComparison,
  names: readonly string[],
): Promise<Map<string, number>> {
  if (feeds.length === 0 || names.length === 0) return new Map();
  const meters = new Map(names.map((name) => [name, new NoiseMeter()]));
  const exact = await InferenceSession.create(writeModel(exposeValues(float, names)));
  const rounded = await InferenceSession.create(writeModel(exposeValues(rewritten, names)));
  try {
    for (const batch of feeds) {
      const expected = await exact.run(batch, names);
      const actual = await rounded.run(asTaken(batch, rounded), names);
      for (const [name, meter] of meters) meter.add(floats(expected[name]!), floats(actual[name]!));
    }
  } finally {
    await Promise.all([exact.release(), rounded.release()]);
  }
  return new Map([...meters].map(([name, meter]) => [name, meter.sqnr]));
}

/** Feeds of a float model as the model of a session takes them. */
export function asTaken(feeds: Feeds, { inputs }: InferenceSession): Feeds {
  const halves = inputs.filter(({ dtype, name }) => dtype === 'float16' && feeds[name]?.dtype === 'float32');
  return {
    ...feeds,
    ...Object.fromEntries(halves.map(({ name }) => [name, narrow(feeds[name]!, 'float16')])),
  };
}

const floats = (tensor: Tensor): Float32Array =>
  tensor.dtype === 'float16' ? halfToFloat(tensor.data as Uint16Array) : (tensor.data as Float32Array);
