import { ModelError, UsageError } from '../errors.ts';

/** What a tensor's values lie between; `min <= max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The smallest and the largest number of each sample of one batch, as a runtime can compute them where the numbers are. */
export interface SampleExtremes {
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
}

/** Plain data that JSON keeps exactly: finite numbers, text, null, lists of them. */
export type ObserverState = Readonly<Record<string, number | string | null | readonly number[]>>;

/** Collects the range of one tensor, batch after batch, in constant memory. */
export interface Observer {
  /**
   * Takes one batch: `samples` of the same size, one after the other. Default: all of it is one sample.
   * Throws ModelError for a value that is not a finite number.
   */
  observe(data: Float32Array, samples?: number): void;
  /** The same from the samples' extremes: only where nothing else is looked at. They are finite. */
  readonly observeExtremes?: (extremes: SampleExtremes) => void;
  /** Of all that was observed. Throws ModelError if that was no number at all. */
  range(): Range;
  /** All that it knows: another observer of the same factory that gets it goes on from here. */
  save(): ObserverState;
}

/** Makes the observer of the value called `name`, fresh or with what one saved. Throws UsageError for the state of another kind. */
export type ObserverFactory = (name: string, saved?: ObserverState) => Observer;

/** The error for infinite or missing numbers, which no int8 scale can hold. */
export const notFinite = (name: string, number: number): ModelError =>
  new ModelError(
    `Value '${name}' must be finite on the calibration data, was ${number}; check the model and the normalization`,
    {
      value: name,
    },
  );

/** The range, if there is one. */
export function seenRange(name: string, { min, max }: Range): Range {
  if (min <= max) return { min, max };
  throw new ModelError(
    `Value '${name}' must have numbers on the calibration data, had none: its tensors were empty`,
    {
      value: name,
    },
  );
}

/** The state, if it is one of `kind`. */
export function stateOf(name: string, kind: string, saved: ObserverState | undefined) {
  if (!saved || saved.kind === kind) return saved;
  throw new UsageError(
    `The saved calibration of '${name}' must be of method '${kind}', is of '${saved.kind}'. Resume with the method that it was started with`,
  );
}
