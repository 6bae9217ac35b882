import { UsageError } from '../errors.ts';
import { Figure, isDrawable } from '../plot/figure.ts';
import { displaySymbol, type MimeBundle } from '../report.ts';
import type { Variant } from './variant.ts';

/** A point that can be chosen. */
export interface Choice {
  /** Of the variant that the point stands for; a variant has a point for each place it was measured at. */
  readonly id: string;
  readonly name: string;
  /** Recipe and metrics. */
  readonly hover: string;
}

type Listener = (variant: Variant | undefined) => unknown;

/** A Pareto figure in which one variant can be selected: by a click where there is a live view, else by `select`. */
export class ParetoPlot extends Figure {
  readonly variants: readonly Variant[];
  /** Adds a live view's representation to the figure's own; set by the session that has a front end. */
  view: (() => Promise<MimeBundle>) | undefined;
  #selected: Variant | undefined;
  readonly #listeners = new Set<Listener>();

  /** The points of `figure` carry the ids of `variants`. */
  constructor(figure: Figure, variants: readonly Variant[]) {
    super(figure);
    this.variants = variants;
  }

  /** The points in the order in which they are drawn. */
  get choices(): readonly Choice[] {
    const points = this.marks.flatMap((mark) => (mark.kind === 'scatter' ? mark.points : []));
    return points
      .filter(isDrawable)
      .map(({ id = '', label = '', hover = '' }) => ({ id, name: label, hover }));
  }

  /** The variant that was chosen last; undefined before. */
  get selected(): Variant | undefined {
    return this.#selected;
  }

  /** Chooses a variant, by its name or id too; undefined chooses none. Throws UsageError if it is not in the figure. */
  select(choice: Variant | string | undefined): void {
    const variant = choice === undefined ? undefined : this.#find(choice);
    if (variant === this.#selected) return;
    this.#selected = variant;
    for (const listener of this.#listeners) listener(variant);
  }

  /** Calls `listener` with every variant that is selected, and with undefined when none is any more. */
  on(_event: 'select', listener: Listener): this {
    this.#listeners.add(listener);
    return this;
  }

  off(_event: 'select', listener: Listener): this {
    this.#listeners.delete(listener);
    return this;
  }

  override async [displaySymbol](): Promise<MimeBundle> {
    const [live, still] = await Promise.all([this.view?.(), super[displaySymbol]()]);
    if (!live || Object.keys(live).length === 0) return still;
    // Of two live representations a front end might take the one in which nothing can be selected.
    const { 'application/vnd.plotly.v1+json': _, ...others } = still;
    return { ...live, ...others };
  }

  #find(choice: Variant | string): Variant {
    const found = this.variants.find(
      (variant) => variant === choice || variant.id === choice || variant.name === choice,
    );
    if (found) return found;
    const name = typeof choice === 'string' ? choice : choice.name;
    throw UsageError.unknown(
      'variant of this figure',
      name,
      this.variants.map((variant) => variant.name),
    );
  }
}
