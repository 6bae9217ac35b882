import { resolve } from 'node:path';
import { saveModel } from '../src/onnx/index.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const save: Magic<string> = {
  name: 'save',
  summary: 'Write a model to an ONNX file',
  positionals: [
    { name: 'model', summary: 'a model', required: true },
    { name: 'file', summary: "where to, from the notebook's folder; default: the model's name" },
  ],
  flags: [],
  examples: ['%save small digits-int8.onnx'],
  result: 'string',
  async run({ positionals: [name = '', file] }, context) {
    const variant = await variantOf(name, context);
    const path = resolve(context.cwd, file ?? `${variant.name}.onnx`);
    await saveModel(variant.model, path);
    return `Saved ${variant.name} (${(variant.bytes / 1000).toFixed(1)} kB) to ${path}`;
  },
};
