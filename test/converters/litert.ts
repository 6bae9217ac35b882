import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DType, Tensor } from '../../src/ir/index.ts';
import { python } from '../support/requirement.ts';

export const litert = python('EDGEBOOK_PYTHON', ['ai_edge_litert', 'numpy']);

/** One model with its inputs, in the order and with the types that it declares. */
export interface Run {
  readonly model: Uint8Array;
  readonly inputs: readonly Tensor[];
  /** LiteRT's own kernels instead of XNNPACK's. */
  readonly plain?: boolean;
  /** LiteRT's reference kernels, which its specification of int8 is about. */
  readonly reference?: boolean;
}

export interface Output {
  readonly tensor: Tensor;
  /** 0 if it is not quantized. */
  readonly scale: number;
  readonly zeroPoint: number;
}

interface Result {
  readonly error?: string;
  readonly outputs?: readonly {
    file: string;
    shape: number[];
    dtype: DType;
    scale: number;
    zeroPoint: number;
  }[];
}

/** Runs all models in one LiteRT process. A model that LiteRT refuses gives its message. */
export async function runLitert(
  runs: readonly Run[],
): Promise<(readonly Output[] | { readonly error: string })[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-litert-'));
  try {
    const jobs = await Promise.all(runs.map((run, i) => writeRun(folder, run, i)));
    await writeFile(join(folder, 'job.json'), JSON.stringify(jobs));
    const script = fileURLToPath(new URL('run_litert.py', import.meta.url));
    const { stdout } = await promisify(execFile)(litert.path, [script, folder], { maxBuffer: 2 ** 26 });
    const results = JSON.parse(stdout.trim().split('\n').at(-1)!) as Result[];
    return await Promise.all(
      results.map(async ({ error, outputs = [] }) =>
        error === undefined ? Promise.all(outputs.map((output) => readOutput(folder, output))) : { error },
      ),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeRun(folder: string, { model, inputs, plain, reference }: Run, number: number) {
  const path = join(folder, `${number}.tflite`);
  await writeFile(path, model);
  const names = inputs.map((_, i) => `in-${number}-${i}.raw`);
  await Promise.all(inputs.map(({ bytes }, i) => writeFile(join(folder, names[i]!), bytes)));
  return { model: path, inputs: names, kernels: reference ? 'reference' : plain ? 'plain' : 'fast' };
}

async function readOutput(
  folder: string,
  { file, shape, dtype, scale, zeroPoint }: NonNullable<Result['outputs']>[number],
): Promise<Output> {
  const bytes = await readFile(join(folder, file));
  return { tensor: new Tensor(dtype, shape, new Uint8Array(bytes)), scale, zeroPoint };
}
