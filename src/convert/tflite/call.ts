import { ModelError } from '../../errors.ts';
import { activations, type Operand, type Writer } from '../channels-last/index.ts';
import type { OperatorRecord, TensorRecord } from './file.ts';

/** One call of a TFLite operator: what a mapping reads and writes with. */
export class Call {
  readonly w: Writer;
  readonly record: OperatorRecord;
  readonly inputs: readonly (Operand | undefined)[];
  /** The outputs as the file declares them. */
  readonly outputs: readonly TensorRecord[];

  constructor(w: Writer, { record, inputs, outputs }: Pick<Call, 'record' | 'inputs' | 'outputs'>) {
    this.w = w;
    this.record = record;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Throws ModelError if it is left out. */
  input(index: number): Operand {
    const input = this.inputs[index];
    if (input) return input;
    throw new ModelError(`must have input ${index}, has ${this.inputs.length} inputs`);
  }

  /** All inputs, none of which may be left out. */
  all(): Operand[] {
    return this.inputs.map((_, index) => this.input(index));
  }

  pair(): [Operand, Operand] {
    return [this.input(0), this.input(1)];
  }

  output(): TensorRecord {
    const output = this.outputs[0];
    if (output) return output;
    throw new ModelError('must have an output, has none');
  }

  /** An option that is a number; the schema's default if the file leaves it out. */
  int(name: string): number {
    return Number(this.record.options[name] ?? 0);
  }

  /** As `int`, but over 0. */
  positive(name: string): number {
    const value = this.int(name);
    if (value > 0) return value;
    throw new ModelError(`must have ${name} over 0, has ${value}`);
  }

  bool(name: string): boolean {
    return this.record.options[name] === true;
  }

  ints(name: string): readonly number[] {
    return (this.record.options[name] as readonly number[] | undefined) ?? [];
  }
}

/** Writes what one operator does. Errors need not name the operator: the reader adds it. */
export type Mapping = (call: Call) => Operand | readonly Operand[];
export type OpTable = Readonly<Record<string, Mapping>>;

/** TFLite's ActivationFunctionType from 1 on. */
const fusedActivations = ['Relu', 'ReluN1To1', 'Relu6', 'Tanh'];

/** The operator's fused activation behind it. */
export function fused(call: Call, x: Operand): Operand {
  const code = call.int('activation');
  if (code === 0) return x;
  const activation = activations[fusedActivations[code - 1] ?? ''];
  if (activation) return activation(call.w, x);
  throw new ModelError(`must have a fused activation from 0 to ${fusedActivations.length}, has ${code}`);
}
