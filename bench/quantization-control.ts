/**
 * How many evaluations NNCF's `quantize_with_accuracy_control` takes to keep within a drop of accuracy, beside which `--max-drop`
 * is held: the drop is half of what its plain quantization loses on the first samples of the test split, at least one sample.
 *
 *     node bench/quantization-control.ts [model ...]        (environment: as bench/quantization.ts)
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from '../src/errors.ts';
import { contest, peers } from './quantization-contestants.ts';
import { outputsOf, scoreOf } from './quantization-evaluate.ts';
import { type PreparedModel, prepareModel } from './quantization-models.ts';

/** Of the test split, which stands for a validation set. */
export const validationSize = 1000;

/** Models that are searched, if none is named. */
export const controlled = ['mobilenetv3-small-0.5', 'mobilenetv2-0.35', 'ds-cnn'];

export interface Controlled {
  readonly name: string;
  /** Shares of right answers on the validation samples. */
  readonly float: number;
  readonly plain: number;
  readonly reached: number;
  /** Allowed, as a share of right answers. */
  readonly drop: number;
  /** Passes over the validation samples, float and first quantized model included. */
  readonly evaluations: number;
  readonly calls: number;
  /** QuantizeLinear nodes that are left. */
  readonly quantizers: number;
  readonly seconds: number;
}

/** Runs NNCF's search for a model with labels. Throws UsageError without NNCF. */
export async function accuracyControl(name: string, folder: string): Promise<Controlled> {
  if (peers.missing) throw new UsageError(peers.missing);
  const prepared = await prepareModel(name, 'out/quant-models');
  const place = join(folder, `${name}-control`);
  mkdirSync(place, { recursive: true });
  const { float, calibration, test, labels } = prepared;
  const job = { tool: 'nncf', float, calibration, folder: place, settings: ['default'], repeat: 1 } as const;
  const { said } = await contest(job);
  const share = { exact: await rightOf(float, prepared), plain: await rightOf(said[0]!.file!, prepared) };
  const drop = Math.max((share.exact - share.plain) / 2, 1 / validationSize);
  const out = join(place, 'controlled.onnx');
  const script = fileURLToPath(new URL('quantization_control.py', import.meta.url));
  const wanted = JSON.stringify({ float, calibration, test, labels, out, drop, samples: validationSize });
  const { stdout } = await promisify(execFile)(peers.path, [script, wanted], { maxBuffer: 2 ** 26 });
  const reached = await rightOf(out, prepared);
  return { ...JSON.parse(stdout), name, float: share.exact, plain: share.plain, reached, drop };
}

async function rightOf(model: string, prepared: PreparedModel): Promise<number> {
  const [float, outputs] = [await outputsOf(prepared.float, prepared), await outputsOf(model, prepared)];
  const { right } = scoreOf(outputs, float, prepared);
  return right!.subarray(0, validationSize).reduce((sum, one) => sum + one, 0) / validationSize;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** A line for each model. */
export const describe = ({ name, float, plain, reached, drop, ...spent }: Controlled): string =>
  `${name}: float ${percent(float)}, NNCF plain ${percent(plain)}, within ${percent(drop)}: ${percent(reached)} by ` +
  `${spent.evaluations.toFixed(2)} evaluations of ${validationSize} samples in ${spent.calls} calls, ${spent.seconds.toFixed(0)} s, ${spent.quantizers} QuantizeLinear left`;

if (import.meta.main) {
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : controlled)
    console.log(describe(await accuracyControl(name, 'out/quant-results')));
}
