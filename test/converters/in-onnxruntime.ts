import { permute } from '../../src/convert/channels-last/permute.ts';
import { type ImportOptions, readTflite } from '../../src/convert/index.ts';
import { check, type Tensor } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { InferenceSession, type SessionOptions } from '../../src/runtime/index.ts';

const moved = (tensor: Tensor, order: readonly number[]): Tensor =>
  tensor.shape.length === 4 ? permute(tensor, order) : tensor;

/** Outputs of an imported TFLite model in onnxruntime; feeds and outputs have the file's order of axes. */
export async function runImported(
  bytes: Uint8Array,
  inputs: readonly Tensor[],
  options: ImportOptions & SessionOptions = {},
): Promise<Tensor[]> {
  const { model } = readTflite(bytes, options);
  check(model);
  const session = await InferenceSession.create(writeModel(model), { threads: 1, ...options });
  const feeds = model.graph.inputs.map(({ name }, i) => [name, moved(inputs[i]!, [0, 3, 1, 2])] as const);
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = session.outputNames.map((name) => moved(results[name]!, [0, 2, 3, 1]));
  await session.release();
  return outputs;
}
