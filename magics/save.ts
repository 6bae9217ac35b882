import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { saveModel } from '../src/onnx/index.ts';
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
  flags: [],
  examples: ['%save small digits-int8.onnx'],
  result: 'Report',
  async run({ positionals: [name = '', file] }, context) {
    const variant = await variantOf(name, context);
    const target = file ?? `${variant.name}.onnx`;
    const path = filePath(target, context);
    if (!existsSync(dirname(path)))
      throw new UsageError(`%save ${target}: there is no folder '${dirname(path)}', make it first`);
    await saveModel(variant.model, path);
    return new Report({
      title: `Saved ${variant.name}`,
      columns: [
        { key: 'file', header: 'file' },
        { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
      ],
      rows: [{ file: target, bytes: variant.bytes }],
    });
  },
};
