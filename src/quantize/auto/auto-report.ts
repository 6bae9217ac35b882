import { Report } from '../../report.ts';

/** A setting that was tried. */
export interface Tried {
  readonly name: string;
  /** dB on held-back samples; undefined where the model could not be made. */
  readonly sqnr: number | undefined;
  readonly seconds: number;
  /** Why it was not taken, where that is not its SQNR. */
  readonly note?: string;
}

export interface AutoFacts {
  readonly tried: readonly Tried[];
  readonly chosen: string;
  /** Held-back samples. */
  readonly samples: number;
  /** What is given: dB on the same samples, and whether it was made with all samples, these included. */
  readonly finished: { readonly sqnr: number; readonly isWhole: boolean };
}

/** Which settings were tried, what each is worth on held-back samples, and which one was taken. */
export class AutoReport extends Report {
  readonly tried: readonly Tried[];
  /** Name of the setting. */
  readonly chosen: string;
  readonly samples: number;
  readonly finished: AutoFacts['finished'];

  constructor({ tried, chosen, samples, finished }: AutoFacts) {
    const [first] = tried;
    const best = tried.find(({ name }) => name === chosen)!;
    const isFirst = best === first;
    super({
      title: `auto took '${chosen}': SQNR ${best.sqnr!.toFixed(1)} dB on ${samples} held-back samples${isFirst ? ', nothing else was better' : `, ${first!.sqnr!.toFixed(1)} dB with the default`}; ${finished.isWhole ? 'made again with all samples' : 'kept, as all samples made it worse'}: ${finished.sqnr.toFixed(1)} dB`,
      columns: [
        { key: 'name', header: 'setting' },
        { key: 'sqnr', header: 'SQNR', unit: 'dB', decimals: 2 },
        { key: 'seconds', header: 'time', unit: 's', decimals: 1 },
        { key: 'note', header: 'note' },
      ],
      rows: tried.map(({ name, sqnr, seconds, note }) => ({
        ...{ name, seconds, sqnr: sqnr ?? null },
        note: name === chosen ? 'taken' : (note ?? ''),
      })),
      warnings: tried.flatMap(({ name, sqnr, note }) =>
        sqnr === undefined ? [`The setting '${name}' could not be tried: ${note}`] : [],
      ),
    });
    this.tried = tried;
    this.chosen = chosen;
    this.samples = samples;
    this.finished = finished;
  }
}
