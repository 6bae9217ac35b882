import { importReport } from '../import-report.ts';
import type { Imported, ImportOptions } from '../imported.ts';
import { readBytes } from '../read-bytes.ts';
import { inFile } from '../source-error.ts';
import { requireKnown } from '../unsupported.ts';
import { readTfliteFile } from './file.ts';
import { tfliteOps } from './ops/index.ts';
import { TfliteReader } from './reader.ts';

/**
 * Reads a TFLite file. Throws UsageError if it cannot be read, ModelError if it is malformed or has operators that cannot
 * be converted.
 */
export async function loadTflite(path: string, options: ImportOptions = {}): Promise<Imported> {
  return inFile(path, async () => readTflite(await readBytes(path), options));
}

/**
 * Converts the bytes of a TFLite file (its first subgraph): float32, float16 weights, dynamic range, and full int8, which
 * becomes QuantizeLinear and DequantizeLinear pairs with the file's scales. Throws ModelError as `loadTflite`.
 */
export function readTflite(bytes: Uint8Array, options: ImportOptions = {}): Imported {
  const file = readTfliteFile(bytes);
  requireKnown(
    'The TFLite model',
    file.operators.map(({ op }) => op),
    new Set(tfliteOps.keys()),
  );
  const reader = new TfliteReader(file, options);
  const model = reader.read();
  const constants = file.tensors.filter(({ data }) => data).length;
  const report = importReport({
    title: `TFLite model: ${file.operators.length} operators became ${model.graph.nodes.length} ONNX nodes; ${constants} constants, ${bytes.length} bytes`,
    tally: reader.tally,
    notes: reader.w.notes,
  });
  return { model, report };
}
