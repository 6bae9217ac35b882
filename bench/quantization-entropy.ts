/**
 * The heavy-tail case of the quantization benchmark: digits of a camera of which a pixel shines now and then, 40 times as
 * bright as white. Entropy calibration should leave such pixels out of the input's range: ours and onnxruntime's
 * `CalibrationMethod.Entropy` on the same float file and the same samples, then tested on the official digits.
 *
 *     node bench/quantization-entropy.ts        (environment: as bench/quantization.ts)
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { random } from '../src/random.ts';
import { contest, peers } from './quantization-contestants.ts';
import { outputsOf, scoreOf } from './quantization-evaluate.ts';
import { type PreparedModel, prepareModel } from './quantization-models.ts';
import { NpyFile, writeNpy } from './quantization-npy.ts';
import type { Claim } from './quantization-report.ts';

const brightness = 40;
/** Of 300 samples, those with such a pixel. */
const struck = 6;
/** A range that ends below this has left the bright pixels out. */
const clips = brightness / 4;
/** Our settings that are tried: observers by the names that `quantization-ours.ts` gives them. */
const tried = ['default', 'entropy', 'percentile', 'mse'];

interface Row {
  readonly name: string;
  /** Where the input's range ends. */
  readonly end?: number;
  readonly accuracy?: number;
  readonly sqnr?: number;
  readonly error?: string;
}

/** The claim about Entropy, with a row for each contestant. */
export async function heavyTail(folder: string): Promise<{ rows: Row[]; claim: Claim }> {
  const prepared = await prepareModel('mnist-cnn', 'out/quant-models');
  const place = join(folder, 'heavy-tail');
  mkdirSync(place, { recursive: true });
  const calibration = join(place, 'calibration.npy');
  withBrightPixels(prepared.calibration, calibration);
  const rows = [
    ...(await ours({ ...prepared, calibration }, place)),
    ...(await theirs({ ...prepared, calibration }, place)),
  ];
  const [entropy, other] = [
    rows.find(({ name }) => name === 'edgebook entropy'),
    rows.find(({ name }) => name === 'onnxruntime Entropy'),
  ];
  const holds = (entropy?.end ?? Infinity) < clips && entropy!.sqnr! > (other?.sqnr ?? Infinity);
  const evidence = [entropy, other].map((row) => row && describe(row)).join('; ');
  return { rows, claim: { text: `Entropy clips pixels of ${brightness}`, holds, evidence } };
}

function withBrightPixels(from: string, to: string): void {
  const file = new NpyFile(from);
  const { data, shape } = file.read(0, file.size);
  file.close();
  const source = random(5);
  const size = data.length / shape[0]!;
  for (let i = 0; i < struck; i++) data[source.integer(shape[0]!) * size + source.integer(size)] = brightness;
  writeNpy(to, data, shape);
}

async function ours(prepared: PreparedModel, folder: string): Promise<Row[]> {
  const { float, calibration } = prepared;
  const { said } = await contest({
    tool: 'edgebook',
    float,
    calibration,
    folder,
    settings: tried,
    repeat: 1,
  });
  const rows: Row[] = [];
  for (const { setting, error, file, tensors } of said) {
    const name = `edgebook ${setting}`;
    if (error) rows.push({ name, error });
    else
      rows.push({
        name,
        end: tensors!.find((tensor) => tensor.name === 'input')!.max,
        ...(await worth(file!, prepared)),
      });
  }
  return rows;
}

async function theirs(prepared: PreparedModel, folder: string): Promise<Row[]> {
  if (peers.missing) return [{ name: 'onnxruntime Entropy', error: peers.missing }];
  const script = fileURLToPath(new URL('quantization_entropy.py', import.meta.url));
  const job = {
    float: prepared.float,
    calibration: prepared.calibration,
    out: join(folder, 'onnxruntime.onnx'),
    batch: 300,
  };
  const { stdout } = await promisify(execFile)(peers.path, [script, JSON.stringify(job)], {
    maxBuffer: 2 ** 26,
  });
  const { file, ranges } = JSON.parse(stdout);
  return [{ name: 'onnxruntime Entropy', end: ranges.entropy.input[1], ...(await worth(file, prepared)) }];
}

async function worth(file: string, prepared: PreparedModel): Promise<{ accuracy: number; sqnr: number }> {
  const float = await outputsOf(prepared.float, prepared);
  const { metric, sqnr } = scoreOf(await outputsOf(file, prepared), float, prepared);
  return { accuracy: metric, sqnr };
}

/** A row as a line of text. */
export const describe = ({ name, end, accuracy, sqnr, error }: Row): string =>
  error
    ? `${name}: ${error}`
    : `${name}: input up to ${end!.toFixed(2)}, accuracy ${(100 * accuracy!).toFixed(2)} %, SQNR ${sqnr!.toFixed(2)} dB`;

if (import.meta.main) {
  const { rows, claim } = await heavyTail('out/quant-results');
  for (const row of rows) console.log(describe(row));
  console.log(`${claim.holds ? 'PASS' : 'FAIL'}  ${claim.text}`);
}
