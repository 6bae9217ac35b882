import { type Frozen, trainedConstants } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import type { Graph, Model } from '../ir/index.ts';

/**
 * Which trained constants of a model stay as they are: those whose name one of the globs fits (`*` any characters, `?`
 * one), and those of batch normalizations if `batchNorm`. Throws UsageError for a glob that fits no name.
 */
export function frozenConstants(
  { graph }: Model,
  { freeze = [], batchNorm = false }: { freeze?: readonly string[]; batchNorm?: boolean },
): Frozen | undefined {
  if (freeze.length === 0 && !batchNorm) return undefined;
  const { parameters, buffers, scales } = trainedConstants(graph);
  const names = [...parameters, ...buffers, ...scales].map(({ name }) => name);
  const frozen = new Set(freeze.flatMap((glob) => fitting(glob, names)));
  if (batchNorm) for (const name of batchNormConstants(graph)) frozen.add(name);
  return (name) => frozen.has(name);
}

function fitting(glob: string, names: readonly string[]): string[] {
  const pattern = globPattern(glob);
  const found = names.filter((name) => pattern.test(name));
  if (found.length > 0) return found;
  const some = names.slice(0, 6).join(', ');
  throw new UsageError(
    `'freeze' must fit names of trained constants, '${glob}' fits none. Some are: ${some}`,
  );
}

/** What a name must match to fit a glob: `*` any characters, `?` one. */
export function globPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

const batchNormConstants = (graph: Graph): string[] =>
  graph.nodes
    .filter(({ opType }) => opType === 'BatchNormalization')
    .flatMap((node) => node.inputs.slice(1).flatMap((value) => (value?.tensor ? [value.name] : [])));
