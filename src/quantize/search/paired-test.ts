import { UsageError } from '../../errors.ts';

/** `within`: the mean drop is below the limit; `beyond`: it is above; `undecided`: the samples do not tell. */
export type Verdict = 'within' | 'beyond' | 'undecided';

export interface PairedTestOptions {
  /** The mean drop that is allowed, in (0, 1). */
  readonly limit: number;
  /** Chance of a wrong verdict, in (0, 1). */
  readonly error: number;
}

/** Largest share of what a bet could lose at once. */
const boldness = 0.9;

/**
 * Whether the mean of paired differences (score of the float model minus that of the quantized one, per sample, in
 * [-1, 1]) is below a limit. May be asked after every sample and stopped as soon as it is decided: the chance of a wrong
 * verdict is at most `error` all the same. Two betting martingales, one against each answer, with bets from the mean
 * and variance of the samples before. Source: Waudby-Smith and Ramdas 2023 (arXiv 2010.09686), sections 4 and B.2 (GRAPA).
 */
export class PairedTest {
  readonly #limit: number;
  readonly #needed: number;
  #count = 0;
  #sum = 0;
  #squares = 0;
  /** Logarithms of the wealth of who bets that the drop is below, and of who bets that it is above. */
  #below = 0;
  #above = 0;
  #verdict: Verdict = 'undecided';

  /** Throws UsageError for a limit outside (0, 1). */
  constructor({ limit, error }: PairedTestOptions) {
    if (!(limit > 0 && limit < 1))
      throw new UsageError(`The allowed drop must be between 0 and 1 (100 %), was ${limit}`);
    this.#limit = limit;
    this.#needed = Math.log(2 / error);
  }

  get count(): number {
    return this.#count;
  }

  /** Mean difference so far; 0 before the first. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Half of the 95 % interval of the mean by the normal approximation; for plots, the verdict does not rest on it. */
  get margin(): number {
    const n = this.#count;
    return n < 2 ? 1 : 1.96 * Math.sqrt(Math.max(this.#squares / n - this.mean ** 2, 1 / n ** 2) / n);
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** The verdict with this difference. Later differences do not change one. */
  add(difference: number): Verdict {
    const limit = this.#limit;
    const gain = limit - difference;
    const [mean, variance] = this.#guess();
    const edge = limit - mean;
    const bet = Math.abs(edge) / (variance + edge * edge);
    const below = edge > 0 ? Math.min(bet, boldness / (1 - limit)) : 0;
    const above = edge < 0 ? Math.min(bet, boldness / (1 + limit)) : 0;
    this.#below += Math.log1p(below * gain);
    this.#above += Math.log1p(-above * gain);
    this.#count++;
    this.#sum += difference;
    this.#squares += difference * difference;
    if (this.#verdict === 'undecided')
      this.#verdict =
        this.#below > this.#needed ? 'within' : this.#above > this.#needed ? 'beyond' : 'undecided';
    return this.#verdict;
  }

  /** Mean and variance before this sample, as if one sample had been at the limit and a few had strayed. */
  #guess(): readonly [number, number] {
    const n = this.#count + 1;
    const mean = this.#sum / n;
    return [mean, (this.#squares + this.#limit) / n - mean * mean + 1e-6];
  }
}

/** More samples than anybody has. */
const countless = 1e6;

/** Samples after which the test says `within` if not one of them differs: fewer can never tell. Infinity for more than a million. */
export function samplesNeeded(options: PairedTestOptions): number {
  const test = new PairedTest(options);
  while (test.verdict === 'undecided' && test.count < countless) test.add(0);
  return test.verdict === 'undecided' ? Number.POSITIVE_INFINITY : test.count;
}
