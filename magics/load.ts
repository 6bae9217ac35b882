import { basename, dirname } from 'node:path';
import { type ImportOptions, isWeightsFile, loadAny, loadWeights } from '../src/convert/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { loadTarget, targetFlags } from './load-target.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { filePath, identifier } from './resolve.ts';

export const load: Magic<Variant> = {
  name: 'load',
  summary: 'Read a model from an ONNX, TensorFlow.js or TFLite file, or weights into a model',
  positionals: [
    {
      name: 'file',
      summary:
        "path, from the notebook's folder, of an .onnx file, a TensorFlow.js model.json, a .tflite file; or with --into of .safetensors or .npz",
      required: true,
      completes: 'file',
    },
  ],
  flags: [
    { name: 'as', kind: 'string', summary: "name of the variable and the variant; default: the file's name" },
    {
      name: 'layout',
      kind: 'choice',
      choices: ['nchw', 'nhwc'],
      default: 'nchw',
      summary: 'axes of pictures that go in and out of an imported model; nhwc keeps those of TensorFlow',
    },
    {
      name: 'interface',
      kind: 'choice',
      choices: ['float', 'quantized'],
      default: 'float',
      summary: 'what a quantized TFLite model takes and gives; quantized keeps its integers',
    },
    {
      name: 'into',
      kind: 'string',
      completes: 'model',
      summary: 'model whose parameters get the weights of a .safetensors or .npz file, by their names',
    },
    {
      name: 'partial',
      kind: 'switch',
      summary: 'with --into: parameters that the file has not keep their values',
    },
    ...targetFlags,
  ],
  examples: [
    '%load model.onnx',
    '%load ~/models/net.onnx --as net',
    '%load web/model.json --as mobilenet',
    '%load detector.tflite --layout nhwc',
    '%load cnn.safetensors --into cnn --as trained',
    '%load r20.safetensors --into resnet20 --sample 3x32x32 --classes 10',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  async run(line, context) {
    const path = filePath(line.positionals[0]!, context);
    const variant = isWeightsFile(path)
      ? await weights(path, line, context)
      : await model(path, line, context);
    if (variant.report) context.display(variant.report);
    return variant;
  },
};

async function model(path: string, line: ParsedLine, context: Context): Promise<Variant> {
  const { layout, interface: ends, into, partial } = line.flags;
  if (into !== undefined || partial)
    throw new UsageError(
      `--into and --partial are for files of weights (.safetensors, .npz), this is '${path}'`,
    );
  const options = { layout, interface: ends } as ImportOptions;
  const { model, report } = await loadAny(path, options);
  const ledger = await context.ledger();
  const used: Record<string, string> = report ? { layout: String(layout), interface: String(ends) } : {};
  const variant = await ledger.add({
    name: nameOf(line),
    model,
    step: 'load',
    options: { file: path, ...used },
  });
  variant.report = report;
  return variant;
}

async function weights(path: string, line: ParsedLine, context: Context): Promise<Variant> {
  const { into, partial } = line.flags;
  if (typeof into !== 'string')
    throw new UsageError(`'${path}' holds weights only: name the model that they belong to, --into MODEL`);
  const parent = await loadTarget(into, line, context);
  const { model, report } = await loadWeights(parent.model, path, { partial: partial === true });
  const ledger = await context.ledger();
  const options = { file: path, partial: partial === true };
  const variant = await ledger.add({ name: nameOf(line), model, step: 'load weights', parent, options });
  variant.report = report;
  return variant;
}

/** A `model.json` says nothing: then the folder's name is better. */
function nameOf({ positionals: [file = ''], flags }: ParsedLine): string {
  if (typeof flags.as === 'string') return identifier(flags.as);
  const name = basename(file).replace(/\.(onnx|json|tflite|safetensors|npz)$/i, '');
  const folder = basename(dirname(file));
  return identifier(name === 'model' && /\.json$/i.test(file) && /\w/.test(folder) ? folder : name);
}
