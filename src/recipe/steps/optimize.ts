import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { type FixedShapes, fixShapes, optimizeGraph, upgradeOpset } from '../../passes/index.ts';
import { checkOptions, type Step, type StepOptions } from '../step.ts';

/** Rewrites the graph; options `passes` (names with commas), `fix` (`N=1,x=1x3x224x224`) and `opset`. */
export const optimize: Step = {
  name: 'optimize',
  summary: 'rewrite the graph into a smaller one that computes the same',
  needsData: false,
  async run(model, options, work) {
    checkOptions('optimize', options, ['passes', 'fix', 'opset']);
    const passes = options.passes === undefined ? undefined : String(options.passes).split(',');
    return optimizeGraph(prepared(model, options), {
      ...(passes && { passes: passes.map((name) => name.trim()) }),
      ...(work.signal && { signal: work.signal }),
      ...(work.onProgress && { onProgress: work.onProgress }),
    });
  },
};

/** The model with the sizes and the operator set that were asked for. */
export function prepared(model: Model, { fix, opset }: StepOptions): Model {
  const fixed = fix === undefined ? model : fixShapes(model, parseSizes(String(fix), model));
  return opset === undefined ? fixed : upgradeOpset(fixed, Number(opset)).model;
}

/** Reads `N=1,x=1x3x224x224`: what an input is called is its shape, all else a symbol's size. */
function parseSizes(text: string, { graph }: Model): FixedShapes {
  const dims: Record<string, number> = {};
  const shapes: Record<string, readonly number[]> = {};
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*(.+?)\s*=\s*(\d+(?:x\d+)*)\s*$/.exec(part) ?? [];
    if (!name || !value)
      throw new UsageError(
        `--fix must be sizes such as N=1 or x=1x3x224x224 with commas between, was '${part}'`,
      );
    const sizes = value.split('x').map(Number);
    if (sizes.length > 1 || graph.inputs.some((input) => input.name === name)) shapes[name] = sizes;
    else dims[name] = sizes[0]!;
  }
  return { dims, shapes };
}
