import { setImmediate as turn } from 'node:timers/promises';
import type { Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import type { WorkOptions } from '../../report.ts';
import { InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import { NoiseMeter } from '../sqnr.ts';

/**
 * How far a rewritten float model is from the one that it was made of, on data: the lowest SQNR of its float32 outputs, in
 * dB. Infinity if they are equal; rounding alone gives 100 to 140 dB.
 */
export async function floatChange(
  before: Model,
  after: Model,
  { calibration, signal }: WorkOptions & { readonly calibration: Calibration },
): Promise<number> {
  const options = { spinning: !isBusyMachine() };
  const sessions = await Promise.all(
    [before, after].map((model) => InferenceSession.create(writeModel(model), options)),
  );
  const names = before.graph.outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const meters = names.map(() => new NoiseMeter());
  try {
    for await (const feeds of calibration) {
      signal?.throwIfAborted();
      const [real, changed] = [await sessions[0]!.run(feeds), await sessions[1]!.run(feeds)];
      names.forEach((name, i) => {
        meters[i]!.add(real[name]!.data as Float32Array, changed[name]!.data as Float32Array);
      });
      await turn();
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
  return Math.min(Infinity, ...meters.map(({ sqnr }) => sqnr));
}
