import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import type { DataReference, Recipe } from '../../src/recipe/index.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { parseOptions } from './parse-options.ts';

const usage = 'Usage: edgebook apply RECIPE MODEL [-o OUT] [--data DATA] [--with FILE]';

/**
 * `edgebook apply RECIPE MODEL`: replays a recipe. Progress goes to stderr, the report to stdout. Exit code 1 if the
 * recipe's own model and data gave other bytes, 130 after Ctrl-C.
 */
export async function applyCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string', short: 'o' },
    data: { type: 'string' },
    with: { type: 'string', multiple: true },
  });
  const [file, model, ...more] = positionals;
  if (file === undefined || model === undefined || more.length > 0) throw new UsageError(usage);
  const { readRecipe, replay } = await import('../../src/recipe/index.ts');
  const { recipeSteps } = await import('../../magics/recipe-steps.ts');
  const { writeDurable } = await import('../../src/ledger/durable.ts');
  const recipe = readRecipe(await readFile(file, 'utf8'), file);
  const out = values.out ?? `${recipe.result.name}.onnx`;
  if (resolve(out) === resolve(model))
    throw new UsageError(`edgebook apply: ${out} is the model itself: name another file by -o`);
  const signal = interruptSignal();
  try {
    const { content, report } = await replay(recipe, await sourceContent(model, recipe), {
      steps: recipeSteps,
      openData: (reference) => openData(reference, values.data),
      otherData: values.data !== undefined,
      models: await Promise.all((values.with ?? []).map((path) => readFile(path))),
      signal,
      onStep: progressLines(recipe),
    });
    await writeDurable(resolve(out), content);
    process.stdout.write(`${report.toText()}\nWrote ${out}\n`);
    return report.isSame === false ? 1 : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('Interrupted: nothing was written\n');
    return 130;
  }
}

/** The file's bytes if they are the recipe's source, else those that the workbench writes for the same model. */
async function sourceContent(path: string, { source }: Recipe): Promise<Uint8Array> {
  const { sha256 } = await import('../../src/recipe/index.ts');
  const content = await readFile(path);
  if (sha256(content) === source.sha256) return content;
  const { loadAny } = await import('../../src/convert/index.ts');
  const { writeModel } = await import('../../src/onnx/index.ts');
  return writeModel((await loadAny(resolve(path), {})).model);
}

/** The data of a step; `given` stands in for what the recipe took parts of. */
async function openData({ name }: DataReference, given: string | undefined) {
  const { reopenDataset } = await import('../../src/data/index.ts');
  const parts = /(\[[^[\]]*\])*$/.exec(name)![0];
  return reopenDataset(given === undefined ? name : `${given}${parts}`, { cwd: process.cwd() });
}

/** A line as a step begins, and one at times while it runs. */
function progressLines({ steps }: Recipe) {
  let last = 0;
  return (
    { step }: Recipe['steps'][number],
    index: number,
    progress?: { done: number; total: number; message?: string },
  ): void => {
    const now = performance.now();
    if (progress && now - last < 2000) return;
    last = now;
    const told = progress ? ` ${progress.done}/${progress.total} ${progress.message ?? ''}` : '';
    process.stderr.write(`[${index + 1}/${steps.length}] ${step}${told.trimEnd()}\n`);
  };
}
