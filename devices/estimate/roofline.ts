import type { Engine, Memory, Peak, Precision, Profile } from '../profiles/index.ts';
import { type Efficiency, efficiencies } from './efficiency.ts';
import { type Choice, hostOf } from './engine.ts';
import type { Layer } from './layers.ts';
import { type Placed, place } from './placement.ts';
import { bytesOf, type Work, weightBytes } from './work.ts';

/** Seconds of the slow end, by what they are spent on. */
export interface Spent {
  compute: number;
  bandwidth: number;
  layers: number;
  host: number;
  link: number;
}

export interface Roofline {
  /** Seconds of one run at the peak. */
  readonly fast: number;
  /** The same with the efficiencies of published measurements. */
  readonly slow: number;
  readonly spent: Readonly<Spent>;
  readonly placed: readonly Placed[];
  readonly notes: readonly string[];
  /** False if layers are left to a processor that the profile does not have. */
  readonly whole: boolean;
}

/**
 * Times of one run (Williams, Waterman and Patterson 2009, "Roofline"). Fast: each layer takes the longer of its work at the
 * dense peak and its weights at full bandwidth, activations stay in caches. Slow: the sum of work and traffic, both with
 * the efficiency of the engine's class, and a part for each layer. Both add the link to an accelerator.
 */
export function roofline(work: Work, profile: Profile, choice: Choice): Roofline {
  const { engine } = choice;
  const placed = place(work.layers, choice);
  const main = unitOf(engine, choice.precision, profile);
  const float = floatUnit(engine, profile);
  const host = hostOf(profile, engine);
  const processor = host && floatUnit(host, profile);
  const spent: Spent = { compute: 0, bandwidth: 0, layers: 0, host: 0, link: linkTime(work, choice) };
  let fast = spent.link;
  for (const { layer, place } of placed) {
    const unit = place === 'engine' ? main : place === 'float' ? float : processor;
    if (!unit) continue;
    const time = slowTime(layer, unit);
    fast += fastTime(layer, unit);
    if (place === 'host') spent.host += time.compute + time.bandwidth + time.layers;
    else for (const key of ['compute', 'bandwidth', 'layers'] as const) spent[key] += time[key];
  }
  const slow = Object.values(spent).reduce((a, b) => a + b, 0);
  const whole = processor !== undefined || placed.every(({ place }) => place !== 'host');
  return { fast, slow, spent, placed, notes: notesOf(placed, { main, processor }), whole };
}

/** An engine in one precision. */
interface Unit {
  readonly engine: Engine;
  readonly precision: Precision;
  readonly peak: Peak;
  readonly memory: Memory | undefined;
  /** Weights are on the chip, or come over the link, which is counted apart. */
  readonly holdsWeights: boolean;
  readonly efficiency: Efficiency;
}

function unitOf(engine: Engine, precision: Precision, { memory }: Profile): Unit {
  return {
    engine,
    precision,
    peak: engine.peak[precision]!,
    // What is behind a link does not use the host's memory while it runs.
    memory: engine.memory ?? (engine.link ? undefined : memory),
    holdsWeights: engine.link !== undefined && !engine.memory,
    efficiency: efficiencies[engine.efficiency],
  };
}

function floatUnit(engine: Engine, profile: Profile): Unit | undefined {
  const precision = (['float16', 'float32'] as const).find((candidate) => engine.peak[candidate]);
  return precision && unitOf(engine, precision, profile);
}

function fastTime({ macs, weights }: Layer, { precision, peak, memory, holdsWeights }: Unit): number {
  // Microcontrollers read weights from flash, whose speed no profile has.
  const rate = holdsWeights || memory?.flash || macs === 0 ? undefined : memory?.bandwidth?.value;
  return Math.max((2 * macs) / peak.dense, rate ? bytesOf(weights, precision) / rate : 0);
}

function slowTime(
  { macs, weights, moved, grouped }: Layer,
  unit: Unit,
): Pick<Spent, 'compute' | 'bandwidth' | 'layers'> {
  const { precision, peak, memory, holdsWeights, efficiency } = unit;
  const part = grouped ? efficiency.grouped : efficiency.dense;
  const bytes = bytesOf(moved + (holdsWeights ? 0 : weights), precision);
  const rate = memory?.bandwidth && memory.bandwidth.value * efficiency.bandwidth;
  return {
    compute: (2 * macs) / (peak.dense * part),
    bandwidth: rate ? bytes / rate : 0,
    layers: efficiency.perLayer,
  };
}

/** Inputs, outputs, and the weights that an accelerator without memory cannot keep, over its link. */
function linkTime(work: Work, { engine, precision }: Choice): number {
  const { link, onChip, memory } = engine;
  if (!link) return 0;
  const over = memory || !onChip ? 0 : Math.max(0, weightBytes(work, precision) - onChip.value);
  return (bytesOf(work.ports, precision) + over) / link.value;
}

interface Units {
  readonly main: Unit;
  readonly processor: Unit | undefined;
}

function notesOf(placed: readonly Placed[], { main, processor }: Units): string[] {
  const apart = placed.filter(({ place }) => place === 'host');
  const notes: string[] = [];
  if (apart.length > 0) {
    const where = processor ? `on ${processor.engine.name}` : 'on the host';
    notes.push(
      `${apart.length} of ${placed.length} layers ${where}: ${apart[0]!.layer.node.label}: ${apart[0]!.why}`,
    );
  }
  if (!main.memory?.bandwidth && !main.engine.link) notes.push('memory bandwidth is unknown and left out');
  return notes;
}
