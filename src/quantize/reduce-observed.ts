import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Report } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { emit } from './emit.ts';
import { encode, type Scheme } from './encode.ts';
import type { Encodings } from './encodings.ts';
import type { Range } from './observer.ts';
import type { PlanOptions, QuantizationPlan } from './plan.ts';
import { type QuantizeOptions, reducedLayers } from './quantize-options.ts';
import type { SearchedRanges } from './range-search/index.ts';
import { slicesFor } from './slices.ts';
import { weightRange } from './weights.ts';

/** What is to be encoded. */
export interface Encodable {
  readonly float: Model;
  readonly plan: QuantizationPlan;
  readonly planOptions: PlanOptions;
  readonly scheme: Scheme;
  readonly ranges: ReadonlyMap<string, Range>;
  /** How they were found, if by a search. */
  readonly searched?: SearchedRanges | undefined;
  /** Calibration batches. */
  readonly feeds: readonly Feeds[];
}

export interface Observed {
  readonly encodings: Encodings;
  readonly reports: readonly Report[];
  readonly warnings: readonly string[];
}

/**
 * Encodings rounded to nearest. Where the options say so, layers whose 8-bit weights saturate on x86 without VNNI, on a
 * few calibration samples, get 7 bits. Fewer bits than 8 never saturate.
 */
export async function encodeObserved(subject: Encodable, options: QuantizeOptions): Promise<Observed> {
  const { float, plan, planOptions, scheme, ranges, feeds } = subject;
  const encodings = encode(plan, ranges, scheme);
  const reduced = weightRange(true);
  const isWide = scheme.weights.integers.max > reduced.max;
  if (reducedLayers(options) !== 'observed' || !isWide) return { encodings, reports: [], warnings: [] };
  const { model } = emit(float, encodings, { plan: planOptions });
  const few = slicesFor(float, feeds, 16);
  const { nodes, report } = await options.saturation!(
    model,
    few.length > 0 ? few.slice(0, 1) : feeds.slice(0, 1),
  );
  if (nodes.length === 0) return { encodings, reports: [report], warnings: [] };
  const outputs = nodes.map((name) => outputOf(name, plan));
  const exceptions = new Map([
    ...(scheme.weights.exceptions ?? []),
    ...outputs.map((output) => [output, reduced] as const),
  ]);
  const narrower = encode(plan, ranges, { ...scheme, weights: { ...scheme.weights, exceptions } });
  const warning = `7-bit weights in ${nodes.length} of ${encodings.weights.size} layers, whose sums saturate on x86 without VNNI: ${nodes.join(', ')}`;
  return { encodings: narrower, reports: [report], warnings: [warning] };
}

/** The first output, in the float graph, of a node that is called by its name or by that of the output. */
function outputOf(name: string, { nodes }: QuantizationPlan): string {
  const own = [...nodes.keys()];
  const node = own.find((one) => one.output().name === name) ?? own.find((one) => one.name === name);
  if (node) return node.output().name;
  throw new ModelError(`The layer that saturates must be an int8 node of the model, '${name}' is none`);
}
