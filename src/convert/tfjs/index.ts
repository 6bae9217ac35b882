import path from 'node:path';
import { importReport } from '../import-report.ts';
import type { Imported, ImportOptions } from '../imported.ts';
import { Json } from '../json.ts';
import { inFile } from '../source-error.ts';
import { readTfjsFile } from './file.ts';
import { readGraphModel } from './graph-model.ts';
import { readLayersModel } from './layers-model.ts';
import { decodeWeights } from './weights.ts';

/**
 * Reads a TensorFlow.js model, graph or layers, from its model.json and the weight files beside it.
 * Throws UsageError if the file cannot be read, ModelError if it is malformed or has operators that cannot be converted.
 */
export async function loadTfjs(file: string, options: ImportOptions = {}): Promise<Imported> {
  return inFile(file, async () => {
    const { json, weights } = await readTfjsFile(file);
    return importTfjs(json, weights, options);
  });
}

/**
 * Converts a TensorFlow.js model: `model` is the content of its model.json, `weights` are the bytes of its shards in a row.
 * Throws ModelError as `loadTfjs`.
 */
export const readTfjs = (model: unknown, weights: Uint8Array, options: ImportOptions = {}): Imported =>
  importTfjs(new Json(model, 'model.json'), weights, options);

function importTfjs(json: Json, bytes: Uint8Array, options: ImportOptions): Imported {
  const specs = json
    .get('weightsManifest')
    .list()
    .flatMap((group) => group.get('weights').list());
  const { tensors, storedAs } = decodeWeights(specs, bytes);
  const kind = isGraph(json) ? 'graph' : 'layers';
  const read = kind === 'graph' ? readGraphModel : readLayersModel;
  const { model, tally, notes } = read(json, tensors, options);
  const kinds = Array.from(storedAs, ([dtype, count]) => `${count} ${dtype}`).join(', ');
  const expanded = [...storedAs.keys()].filter((dtype) => ['uint8', 'uint16', 'float16'].includes(dtype));
  const report = importReport({
    title: `tfjs ${kind} model ${path.basename(json.where)}: ${model.graph.nodes.length} ONNX nodes; ${tensors.size} weights (${kinds}), ${bytes.length} bytes`,
    tally,
    notes: [...notes, ...expanded.map((dtype) => `Weights stored as ${dtype} became float32`)],
  });
  return { model, report };
}

/** Old files do not say their format: a graph has nodes. */
function isGraph(json: Json): boolean {
  const format = json.optional('format')?.text();
  if (format) return format !== 'layers-model';
  return json.get('modelTopology').optional('node') !== undefined;
}
