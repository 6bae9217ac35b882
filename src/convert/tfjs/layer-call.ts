import { ModelError } from '../../errors.ts';
import type { Operand, Writer } from '../channels-last/index.ts';
import type { Json } from '../json.ts';

/** One call of a Keras layer: what a mapping reads and writes with. */
export interface LayerCall {
  readonly w: Writer;
  readonly className: string;
  readonly name: string;
  readonly config: Json;
  readonly inputs: readonly Operand[];
  /** A weight of the layer: `kernel`. Throws ModelError if the file has none. */
  weight(name: string): Operand;
}

export type LayerMapping = (call: LayerCall) => Operand | readonly Operand[];
export type LayerTable = Readonly<Record<string, LayerMapping>>;

/** The only input of a layer. */
export function onlyInput({ inputs }: LayerCall): Operand {
  const [x, ...more] = inputs;
  if (x && more.length === 0) return x;
  throw new ModelError(`must have one input, has ${inputs.length}`);
}

/** A pair, which may be given as one number for both. */
export function pairAt(config: Json, key: string, fallback: number): number[] {
  const json = config.optional(key);
  if (!json) return [fallback, fallback];
  const list = Array.isArray(json.value) ? json.integers() : [json.integer(), json.integer()];
  if (list.length === 2 && list.every((entry) => entry > 0)) return list;
  throw new ModelError(`must have two numbers over 0 for ${key}, has [${list.join(', ')}]`);
}

/** `same` or `valid`, in TensorFlow's capitals. */
export const paddingAt = (config: Json): 'SAME' | 'VALID' =>
  config.optional('padding')?.choice('same', 'valid') === 'same' ? 'SAME' : 'VALID';

/** Throws ModelError for layers over channels-first tensors. */
export function requireChannelsLast(config: Json): void {
  const format = config.optional('data_format')?.text();
  if (format === 'channels_first')
    throw new ModelError('must have data_format channels_last, has channels_first');
}
