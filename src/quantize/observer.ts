import { ModelError } from '../errors.ts';

/** What a tensor's values lie between; `min <= max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Collects the range of one tensor, batch after batch, in constant memory. */
export interface Observer {
  /** Throws ModelError for a value that is not a finite number. */
  observe(data: Float32Array): void;
  /** Of all that was observed. */
  range(): Range;
}

/** Makes the observer of the value called `name`. */
export type ObserverFactory = (name: string) => Observer;

/** The error for infinite or missing numbers, which no int8 scale can hold. */
export const notFinite = (name: string, number: number): ModelError =>
  new ModelError(
    `Value '${name}' must be finite on the calibration data, was ${number}; check the model and the normalization`,
    {
      value: name,
    },
  );
