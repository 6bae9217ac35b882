import { basename } from 'node:path';
import type { Variant } from '../src/ledger/index.ts';
import { loadModel } from '../src/onnx/index.ts';
import type { Magic, ParsedLine } from './magic.ts';
import { filePath, identifier } from './resolve.ts';

export const load: Magic<Variant> = {
  name: 'load',
  summary: 'Read a model from an ONNX file',
  positionals: [
    {
      name: 'file',
      summary: "path of an .onnx file, from the notebook's folder",
      required: true,
      completes: 'file',
    },
  ],
  flags: [
    { name: 'as', kind: 'string', summary: "name of the variable and the variant; default: the file's name" },
  ],
  examples: ['%load model.onnx', '%load ~/models/net.onnx --as net'],
  result: 'Variant',
  binds: (line) => nameOf(line),
  async run(line, context) {
    const path = filePath(line.positionals[0]!, context);
    const model = await loadModel(path);
    const ledger = await context.ledger();
    return ledger.add({ name: nameOf(line), model, step: 'load', options: { file: path } });
  },
};

const nameOf = ({ positionals: [file = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : basename(file).replace(/\.onnx$/i, ''));
