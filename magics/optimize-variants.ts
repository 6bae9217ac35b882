import type { Evaluation } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Ledger, NewVariant, Variant } from '../src/ledger/index.ts';
import type { Link, Trial } from '../src/search/index.ts';

/** Where the variants of a search belong. */
export interface SearchPlace {
  /** Of the result; the steps before it are named by it too. */
  readonly name: string;
  readonly source: Variant;
  readonly data: Dataset;
}

/** Puts what a search makes into the ledger, each step with the one before it as its parent. */
export class TrialVariants {
  readonly #place: SearchPlace;
  readonly #ledger: Ledger;
  /** By the parent's id and the own. */
  readonly #known = new Map<string, Variant>();

  constructor(place: SearchPlace, ledger: Ledger) {
    this.#place = place;
    this.#ledger = ledger;
  }

  /** All steps of a network, and what was measured of it. */
  async add(trial: Trial): Promise<void> {
    const { chain, evaluation, measurements, spec } = trial;
    let parent = this.#place.source;
    for (const [i, link] of chain.entries()) {
      const isLast = i === chain.length - 1;
      const share = spec.way ? `_${Math.round(100 * spec.kept)}` : '';
      const way = spec.way && link.planned.step === 'optimize' ? this.#wayOf(trial) : '';
      const name = `${this.#place.name}${share}${way}_${link.planned.label}`;
      parent = await this.#addLink(link, { name, parent, tested: isLast ? evaluation : undefined });
    }
    for (const measurement of measurements) await this.#ledger.measure(parent, measurement);
  }

  /** The result under its name, with the accuracy of the samples that had no part in its choice. */
  async finish(best: Trial, tested: Evaluation | undefined): Promise<Variant> {
    const { chain, measurements } = best;
    const before = chain.at(-2);
    const parent = before ? this.#variantOf(chain.slice(0, -1)) : this.#place.source;
    const variant = await this.#ledger.add({
      ...this.#record(chain.at(-1)!, tested ?? best.evaluation),
      ...{ name: this.#place.name, parent },
    });
    for (const measurement of measurements) await this.#ledger.measure(variant, measurement);
    return variant;
  }

  async #addLink(
    link: Link,
    { name, parent, tested }: { name: string; parent: Variant; tested: Evaluation | undefined },
  ): Promise<Variant> {
    const key = `${parent.id} ${link.outcome.id}`;
    const known = this.#known.get(key);
    if (known && !tested) return known;
    const variant = await this.#ledger.add({
      ...this.#record(link, tested),
      ...{ name: known?.name ?? name, parent },
    });
    this.#known.set(key, variant);
    return variant;
  }

  #variantOf(chain: readonly Link[]): Variant {
    return chain.reduce(
      (parent, { outcome }) => this.#known.get(`${parent.id} ${outcome.id}`)!,
      this.#place.source,
    );
  }

  #record({ planned, outcome }: Link, tested: Evaluation | undefined): Omit<NewVariant, 'name' | 'parent'> {
    const { data, source } = this.#place;
    return {
      ...{ model: outcome.content, step: planned.step, options: planned.options },
      ...(outcome.dataHash !== undefined && { data: data.name, dataHash: outcome.dataHash }),
      ...(planned.hasTeacher && { models: { teacher: source } }),
      ...(tested && { metrics: { accuracy: tested.accuracy }, tested: tested.data }),
    };
  }

  /** Tells forms of networks apart that were trained in several ways: by the last training's label. */
  #wayOf({ chain }: Trial): string {
    const trainings = chain.filter(({ planned }) => planned.step === 'distill');
    return trainings.length > 1 ? `_${trainings.at(-1)!.planned.label}` : '';
  }
}
