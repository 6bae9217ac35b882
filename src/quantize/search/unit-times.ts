import { allValues, type Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, type Profiler, profileNodes } from '../../runtime/index.ts';
import { type EmitOptions, emit } from '../emit.ts';
import type { Encodings } from '../encodings.ts';
import type { PlanOptions } from '../plan.ts';
import { partsOf } from '../slices.ts';
import type { Unit } from './units.ts';

/** Microseconds that a unit takes. */
export interface UnitTime {
  readonly float: number;
  readonly int8: number;
}

export interface TimesOptions {
  readonly units: readonly Unit[];
  readonly feeds: Feeds;
  /** What the encodings were made for. */
  readonly plan?: PlanOptions | undefined;
  /** Default: onnxruntime's on this machine. */
  readonly profile?: Profiler | undefined;
}

/**
 * Time of each unit of a prepared model where it is profiled, by its name, in the float model and in the quantized one, both
 * as onnxruntime fuses them: medians of profiled runs of one sample of `feeds`, or a whole batch if the model's is fixed.
 */
export async function unitTimes(
  float: Model,
  encodings: Encodings,
  { units, feeds, plan, profile = profileNodes }: TimesOptions,
): Promise<Map<string, UnitTime>> {
  const marked = marks(float, units);
  const one = firstSample(float, feeds);
  const before = await timesByUnit(marked.model, one, profile);
  const quantized = emit(marked.model, marked.encodings(encodings), marked.plan(plan)).model;
  const after = await timesByUnit(quantized, one, profile);
  return new Map(units.map(({ name }, i) => [name, { float: before.get(i) ?? 0, int8: after.get(i) ?? 0 }]));
}

/** One sample, as devices get them; the whole batch for a model that takes no other. */
const firstSample = ({ graph }: Model, feeds: Feeds): Feeds =>
  typeof graph.feeds[0]?.shape?.[0] === 'number' ? feeds : partsOf(feeds, 1)[0]!;

/** A mark in names, which those of fused nodes keep. */
const mark = (unit: number): string => `unit${unit}#`;

/** The model with the number of their unit in the names of nodes and their results. */
function marks(float: Model, units: readonly Unit[]) {
  const model = float.clone();
  const unitOf = new Map(units.flatMap(({ members }, i) => members.map((name) => [name, i] as const)));
  const renamed = new Map<string, string>();
  const outputs = new Set(model.graph.outputs);
  for (const [n, node] of model.graph.nodes.entries()) {
    const unit = unitOf.get(node.output().name);
    const prefix = unit === undefined ? `other${n}` : `${mark(unit)}${n}`;
    node.name = prefix;
    for (const [i, output] of node.outputs.entries()) {
      if (!output.name || outputs.has(output)) continue;
      renamed.set(output.name, `${prefix}:${i}`);
    }
  }
  for (const value of allValues(model.graph)) value.name = renamed.get(value.name) ?? value.name;
  const moved = <T>(map: ReadonlyMap<string, T>) =>
    new Map([...map].map(([name, item]) => [renamed.get(name) ?? name, item]));
  return {
    model,
    plan: ({ target, exclude = new Set() }: PlanOptions = {}): EmitOptions => ({
      plan: {
        ...(target && { target }),
        exclude: new Set(Array.from(exclude, (name) => renamed.get(name) ?? name)),
      },
    }),
    encodings: ({ activations, weights }: Encodings): Encodings => ({
      activations: moved(activations),
      weights: moved(weights),
    }),
  };
}

async function timesByUnit(model: Model, feeds: Feeds, profile: Profiler): Promise<Map<number, number>> {
  const times = new Map<number, number>();
  for (const { name, microseconds } of await profile(writeModel(model), feeds)) {
    const unit = /unit(\d+)#/.exec(name)?.[1];
    if (unit !== undefined) times.set(Number(unit), (times.get(Number(unit)) ?? 0) + microseconds);
  }
  return times;
}
