import type { Variant } from '../src/ledger/index.ts';
import { readModel, writeModel } from '../src/onnx/index.ts';
import { compareOperators, optimizeGraph as optimize, passes } from '../src/passes/index.ts';
import { prepared } from '../src/recipe/steps/optimize.ts';
import { optimizedByOnnxruntime } from '../src/runtime/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { identifier, variantOf } from './resolve.ts';

const levels = ['basic', 'extended', 'all'] as const;

export const optimizeGraph: Magic<Variant> = {
  name: 'optimize-graph',
  summary: 'Rewrite a model into a smaller graph that computes the same',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [
    {
      name: 'passes',
      kind: 'string',
      summary: `passes to run, with commas between: ${passes.map(({ name }) => name).join(', ')}; default: all`,
    },
    { name: 'fix', kind: 'string', summary: 'sizes to fix first, of symbols or inputs: N=1,x=1x3x224x224' },
    { name: 'opset', kind: 'number', integer: true, summary: 'operator set to upgrade to first, 21 at most' },
    {
      name: 'ort',
      kind: 'choice',
      choices: levels,
      summary: "also make onnxruntime's own graph at this level, and compare the operators of both",
    },
    { name: 'as', kind: 'string', summary: "name of the result; default: the model's name with _opt" },
  ],
  examples: [
    '%optimize-graph cnn',
    '%optimize-graph cnn --opset 21 --fix N=1 --ort extended',
    '%optimize-graph cnn --passes remove-no-ops,fold-constants --as folded',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runOptimize,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_opt`);

async function runOptimize(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const parent = await variantOf(line.positionals[0]!, context);
  const ledger = await context.ledger();
  const bar = context.progress(`optimize ${parent.name}`);
  const options = {
    ...(flags.fix !== undefined && { fix: String(flags.fix) }),
    ...(flags.opset !== undefined && { opset: Number(flags.opset) }),
    ...(flags.passes !== undefined && { passes: String(flags.passes) }),
  };
  const { signal } = context;
  const result = await optimize(prepared(parent.model, options), {
    passes: options.passes?.split(',').map((name) => name.trim()),
    name: parent.name,
    signal,
    onProgress: (progress) => bar.update(progress),
  });
  const name = nameOf(line);
  bar.done(result.report.title.replace(/^.*?: /, ''));
  const variant = await ledger.add({ name, model: result.model, step: 'optimize', parent, options });
  variant.report = result.report;
  context.display(result.report);
  if (flags.ort) await addOnnxruntimeGraph({ parent, variant, level: flags.ort as Level }, context);
  return variant;
}

type Level = (typeof levels)[number];

/** Adds what onnxruntime makes of the same model as a variant beside ours, and shows the operators of all three. */
async function addOnnxruntimeGraph(
  { parent, variant, level }: { parent: Variant; variant: Variant; level: Level },
  context: Context,
): Promise<void> {
  const model = readModel(await optimizedByOnnxruntime(writeModel(parent.model), level));
  const ledger = await context.ledger();
  const name = `${parent.name}_ort_${level}`;
  const other = await ledger.add({ name, model, step: 'onnxruntime', parent, options: { level } });
  const graphs = [parent, variant, other].map((one) => ({ name: one.name, model: one.model }));
  context.display(compareOperators(graphs));
}
