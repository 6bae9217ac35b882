/** What a figure covers: all that the board takes at its input, the processor's package, or some of its rails. */
export type Coverage = 'board' | 'package' | 'rails';

/** What a source printed at one moment. */
export interface PowerSample {
  /** Seconds since the device was started. */
  readonly at: number;
  readonly text: string;
}

/** One figure. */
export interface PowerReading {
  /** Seconds since the device was started. */
  readonly at: number;
  /** What is covered takes so much. */
  readonly watts: number;
  readonly covers: Coverage;
  /** What it was read from: `VDD_IN`, `sum of CPU, GPU`. */
  readonly from: string;
  /** Watts of each part that the source tells apart, the total's own rail included. */
  readonly rails: Readonly<Record<string, number>>;
  /** How it was computed, where it is no measurement of what it covers. */
  readonly estimate?: string;
  /** What hinders trust in it. */
  readonly warning?: string;
  /** Percent of the GPU's time, where the same source tells it. */
  readonly gpu?: number;
}

/**
 * A way to measure power, of which each has its own file. Its commands are POSIX shell, run on the device as the user is,
 * with `$R` before the paths of files (a tree taken from another device) and `show FILE...`, which prints
 * `path<TAB>first line` of those that can be read.
 */
export interface PowerSource {
  readonly name: string;
  /** Prints one sample; nothing where the device has no such source. */
  readonly sample: string;
  /** Prints a line a sample, on and on, `$MS` ms apart: for sources that are costly to start. */
  readonly stream?: string;
  /** Samples for one figure: a counter takes two. */
  readonly samples: 1 | 2;
  /** The figures in samples, oldest first; none where the device has no such source or it tells nothing. */
  read(samples: readonly PowerSample[]): readonly PowerReading[];
  /** Why a source that is there gives no figure. */
  hindrance?(sample: string): string | undefined;
}
