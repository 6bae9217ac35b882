import { halfToFloat, type Model, type Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, InferenceSession } from '../../runtime/index.ts';
import { NoiseMeter } from '../sqnr.ts';
import { narrow } from './half/narrow.ts';

/** Noise of one output of a rewritten model, as onnxruntime computes it here. */
export interface OutputSqnr {
  readonly name: string;
  /** In dB beside the float model; Infinity if equal. */
  readonly sqnr: number;
}

/** The models whose outputs are compared, on the same feeds, which are those of the float one. */
export interface OutputComparison {
  readonly float: Model;
  readonly rewritten: Model;
  readonly feeds: readonly Feeds[];
}

/**
 * SQNR in dB of every float32 output. A rewritten model may take and give float16 for float32; names must be equal.
 * Nothing if there are no feeds.
 */
export async function outputSqnr({ float, rewritten, feeds }: OutputComparison): Promise<OutputSqnr[]> {
  const names = float.graph.outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  if (feeds.length === 0 || names.length === 0) return [];
  const meters = new Map(names.map((name) => [name, new NoiseMeter()]));
  const exact = await InferenceSession.create(writeModel(float));
  const rounded = await InferenceSession.create(writeModel(rewritten));
  try {
    for (const batch of feeds) {
      const expected = await exact.run(batch, names);
      const actual = await rounded.run(asTaken(batch, rounded), names);
      for (const [name, meter] of meters) meter.add(floats(expected[name]!), floats(actual[name]!));
    }
  } finally {
    await Promise.all([exact.release(), rounded.release()]);
  }
  return [...meters].map(([name, meter]) => ({ name, sqnr: meter.sqnr }));
}

/** Feeds of a float model as the model of a session takes them. */
function asTaken(feeds: Feeds, { inputs }: InferenceSession): Feeds {
  const halves = inputs.filter(({ dtype, name }) => dtype === 'float16' && feeds[name]?.dtype === 'float32');
  return {
    ...feeds,
    ...Object.fromEntries(halves.map(({ name }) => [name, narrow(feeds[name]!, 'float16')])),
  };
}

const floats = (tensor: Tensor): Float32Array =>
  tensor.dtype === 'float16' ? halfToFloat(tensor.data as Uint16Array) : (tensor.data as Float32Array);
