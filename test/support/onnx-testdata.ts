import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Tensor } from '../../src/ir/index.ts';
import { readMessage } from '../../src/onnx/protobuf-reader.ts';
import { decodeTensor } from '../../src/onnx/tensor.ts';

/** Where Debian's package libonnx-testdata keeps the test models of ONNX. */
const folder = '/usr/share/libonnx-testdata/data';

export const testdata = {
  present: existsSync(folder),
  why: existsSync(folder)
    ? ''
    : ` (skipped: ${folder} is missing; install the Debian package libonnx-testdata)`,
  files: existsSync(folder) ? globSync(`${folder}/**/*.onnx`) : [],
};

/** Files by the folder and the first letter of the model, so that a failure shows where it is. */
export function groups(files: readonly string[]): [string, string[]][] {
  const key = (file: string) => relative(folder, file).slice(0, 'node/test_a'.length);
  return Object.entries(Object.groupBy(files, key)) as [string, string[]][];
}

/** The inputs of a model's first data set, in order; undefined if it has none or one is no tensor. */
export function sampleInputs(file: string): Tensor[] | undefined {
  const set = join(dirname(file), 'test_data_set_0');
  if (!existsSync(set)) return undefined;
  const inputs: Tensor[] = [];
  for (let path = join(set, 'input_0.pb'); existsSync(path); path = join(set, `input_${inputs.length}.pb`)) {
    const tensor = decodedTensor(readFileSync(path));
    if (!tensor) return undefined;
    inputs.push(tensor);
  }
  return inputs;
}

/** Sequences and optionals are other messages, in which these fields mean something else. */
function decodedTensor(bytes: Uint8Array): Tensor | undefined {
  try {
    return decodeTensor(readMessage('TensorProto', bytes));
  } catch {
    return undefined;
  }
}
