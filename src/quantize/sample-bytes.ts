import { ModelError } from '../errors.ts';
import { type Graph, isStatic, type Model, product, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { withFedShapes } from './fed-shapes.ts';
import { samplesOf } from './slices.ts';

/** Bytes that one sample's values take in a model. */
export interface SampleBytes {
  /** Of the largest value. */
  readonly largest: number;
  /** Of the values that were asked for, together. */
  readonly wanted: number;
}

/** A batch of this size does not come up by chance as another dimension. */
const unlikely = 7919;

/**
 * For a batch of several samples that can be run in parts: every float value has the batch as its first dimension, so
 * that a part of the batch gives that part of the value. Undefined for other models and batches.
 */
export function sampleBytes(model: Model, names: Iterable<string>, feeds: Feeds): SampleBytes | undefined {
  const graph = samplesOf(feeds) > 1 && isBatched(model, feeds) ? ofUnlikelyBatch(model, feeds) : undefined;
  if (!graph || graph.nodes.some(({ opType }) => mixing.has(opType))) return undefined;
  const floats = [...graph.values()].filter(
    (value) => !constantOf(value) && (value.dtype === undefined || value.dtype === 'float32'),
  );
  if (!floats.every(({ shape }) => isStatic(shape) && shape[0] === unlikely)) return undefined;
  const bytes = ({ shape }: Value) => 4 * product((shape as number[]).slice(1));
  const asked = new Set(names);
  return {
    largest: Math.max(0, ...floats.map(bytes)),
    wanted: floats.reduce((sum, value) => sum + (asked.has(value.name) ? bytes(value) : 0), 0),
  };
}

/** Operators that may compute along the first dimension, or have graphs of their own. */
const mixing: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'RNN', 'Scan', 'Loop', 'If', 'CumSum']);

/** The model takes any batch, as the first dimension of all that is fed. */
function isBatched({ graph }: Model, feeds: Feeds): boolean {
  const declared = new Map(graph.feeds.map((input) => [input.name, input.shape?.[0]]));
  return Object.entries(feeds).every(([name, { shape, strings }]) => {
    const batch = declared.get(name);
    return batch !== undefined && typeof batch !== 'number' && shape.length > 0 && !strings;
  });
}

function ofUnlikelyBatch(model: Model, feeds: Feeds): Graph | undefined {
  const shapes = Object.entries(feeds).map(
    ([name, { shape }]) => [name, [unlikely, ...shape.slice(1)]] as const,
  );
  try {
    return withFedShapes(model, new Map(shapes));
  } catch (error) {
    // The graph holds the batch that it was made for in a shape: it cannot be run in parts.
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

/** Of the largest value: while it fits a core's cache, what reads it need not fetch it from memory again. */
export const cacheBytes = 2 * 2 ** 20;

/** How many samples of so many bytes fit; all where that is not known. */
export const fitting = (each: number | undefined, bytes: number): number =>
  each ? Math.max(1, Math.floor(bytes / each)) : Infinity;

/** In parts of how many samples the model should be run; all of the batch where it cannot be parted. */
export const cacheableSamples = (model: Model, feeds: Feeds): number =>
  fitting(sampleBytes(model, [], feeds)?.largest, cacheBytes);
