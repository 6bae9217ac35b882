import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { saveModel, writtenSize } from '../src/onnx/index.ts';
import { toIntegerPorts } from '../src/quantize/index.ts';
import { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';
import { filePath, variantOf } from './resolve.ts';

export const save: Magic<Report> = {
  name: 'save',
  summary: 'Write a model to an ONNX file',
  positionals: [
    { name: 'model', summary: 'a model', required: true, completes: 'model' },
    {
      name: 'file',
      summary: "where to, from the notebook's folder; default: the model's name",
      completes: 'file',
    },
  ],
  flags: [
    {
      name: 'integer-io',
      kind: 'switch',
      summary:
        'inputs and outputs of a quantized model as integers, as microcontrollers and the Edge TPU want them',
    },
    {
      name: 'sparse',
      kind: 'switch',
      summary:
        'pruned weights as values and indices where that is smaller: float32 above two thirds of zeros',
    },
  ],
  examples: ['%save small digits-int8.onnx', '%save small board.onnx --integer-io', '%save pruned --sparse'],
  result: 'Report',
  async run({ positionals: [name = '', file], flags }, context) {
    const variant = await variantOf(name, context);
    const target = file ?? `${variant.name}.onnx`;
    const path = filePath(target, context);
    if (!existsSync(dirname(path)))
      throw new UsageError(`%save ${target}: there is no folder '${dirname(path)}', make it first`);
    const ports = flags['integer-io'] === true ? toIntegerPorts(variant.model) : undefined;
    const model = ports?.model ?? variant.model;
    const sparse = flags.sparse === true;
    const dense = ports ? writtenSize(model) : variant.bytes;
    await saveModel(model, path, { sparse });
    const bytes = sparse ? writtenSize(model, { sparse }) : dense;
    return new Report({
      title: `Saved ${variant.name}`,
      columns: [
        { key: 'file', header: 'file' },
        { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
        ...(sparse
          ? [{ key: 'dense', header: 'without --sparse', unit: 'kB', scale: 1e-3, decimals: 1 }]
          : []),
      ],
      rows: [{ file: target, bytes, ...(sparse && { dense }) }],
      ...(sparse && { warnings: [bytes === dense ? noneSparse : whoReads] }),
      ...(ports && { charts: [ports.report] }),
    });
  },
};

const whoReads =
  "onnxruntime and the workbench read sparse weights; ONNX's strict type inference and other runtimes may refuse them: give those the file without --sparse";

const noneSparse =
  'No weights became smaller as values and indices: float32 ones do above two thirds of zeros. The file is the same as without --sparse';
