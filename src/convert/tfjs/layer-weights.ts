import { ModelError } from '../../errors.ts';
import type { Tensor } from '../../ir/index.ts';
import { Operand } from '../channels-last/index.ts';

/** The weights of a layers model by layer and name. A name may have the names of models around the layer in front. */
export class LayerWeights {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #bySuffix = new Map<string, string[]>();
  readonly #operands = new Map<string, Operand>();

  constructor(tensors: ReadonlyMap<string, Tensor>) {
    this.#tensors = tensors;
    for (const name of tensors.keys()) {
      const suffix = name.split('/').slice(-2).join('/');
      this.#bySuffix.set(suffix, [...(this.#bySuffix.get(suffix) ?? []), name]);
    }
  }

  /** Throws ModelError if there is no such weight, or several. */
  get(layer: string, weight: string): Operand {
    const wanted = `${layer}/${weight}`;
    const found = this.#tensors.has(wanted) ? [wanted] : (this.#bySuffix.get(wanted) ?? []);
    const [name] = found;
    if (name === undefined || found.length > 1)
      throw new ModelError(`must have one weight '${weight}', has ${found.join(' and ') || 'none'}`, {
        value: wanted,
      });
    const operand = this.#operands.get(name) ?? new Operand({ name, constant: this.#tensors.get(name)! });
    this.#operands.set(name, operand);
    return operand;
  }
}
