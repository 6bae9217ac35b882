/** Numbers that an engine computes with. */
export type Precision = 'float32' | 'float16' | 'int8';

/** Where a figure is from. */
export interface Source {
  /**
   * `chapter`: the hardware chapter that Edgebook's list follows, a figure of the class of device. `derived`: computed
   * from other figures, the title says how.
   */
  readonly kind: 'data sheet' | 'vendor' | 'article' | 'measured' | 'derived' | 'chapter';
  readonly title: string;
  readonly url?: string;
  /** True if the document itself was not at hand when the figure was written down: check it before you rely on it. */
  readonly unread?: true;
}

/** A figure and where it is from. */
export interface Quoted {
  readonly value: number;
  readonly from: Source;
}

export const quoted = (value: number, from: Source): Quoted => ({ value, from });

/** Operations per second at best; a multiply-accumulate is two. */
export interface Peak {
  readonly dense: number;
  /** With 2:4 sparse weights, where the vendor quotes it: what headlines name. Never used in estimates. */
  readonly sparse?: number;
  readonly from: Source;
}

/** How engines of one kind fall behind their peak; `estimate/efficiency.ts` has the figures. */
export type EfficiencyClass = 'cpu' | 'gpu' | 'npu' | 'microcontroller' | 'microcontroller-simd';

/** One part of a device that can run a network. */
export interface Engine {
  readonly name: string;
  readonly kind: 'cpu' | 'gpu' | 'npu';
  readonly efficiency: EfficiencyClass;
  /** By the numbers it computes with; absent: it cannot. */
  readonly peak: Readonly<Partial<Record<Precision, Peak>>>;
  /** Name of the target in `src/targets` whose rules hold for int8; absent: no rules are known, all layers count as taken. */
  readonly target?: string;
  /** How many of them the device has: they multiply the throughput, not the speed of one run. */
  readonly count?: number;
  /** Bytes of memory on the engine's own chip that keep weights from run to run. */
  readonly onChip?: Quoted;
  /** Bytes per second between the host and the engine: inputs, outputs, and weights that do not fit on the chip. */
  readonly link?: Quoted;
  /** Its own, where it does not use the device's. */
  readonly memory?: Memory;
}

/** Bytes, and bytes per second. */
export interface Memory {
  readonly bytes: Quoted;
  readonly bandwidth?: Quoted;
  /** Where a microcontroller keeps its weights; then `bytes` is its RAM alone. */
  readonly flash?: Quoted;
  /** The part of a microcontroller's RAM that is on its chip, if it has other RAM too. */
  readonly onChip?: Quoted;
}

/** Watts, from idle or the lowest power mode to full load. */
export interface Power {
  readonly min?: number;
  readonly max: number;
  readonly from: Source;
  /** What draws it, if not the whole device. */
  readonly of?: string;
}

/** US dollars. */
export interface Price {
  readonly usd: number;
  /** Of the largest configuration, where the price is a range. */
  readonly max?: number;
  readonly year: number;
  readonly from: Source;
  /** What is sold for it. */
  readonly of?: string;
  /** True if more must be bought before it runs. */
  readonly part?: true;
}

/** What data sheets say of a device. A figure that no source gives is absent. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly family: string;
  /** Engines that can run a network by themselves, fastest first. */
  readonly engines: readonly [Engine, ...Engine[]];
  readonly memory?: Memory;
  readonly power?: Power;
  readonly price?: Price;
  readonly runtimes: readonly string[];
  /** An accelerator that works in another computer only: power and price are its own. */
  readonly needsHost?: true;
  /** What the reader must know, above all where sources differ. */
  readonly notes: readonly string[];
}
