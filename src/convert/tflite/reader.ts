import { ModelError } from '../../errors.ts';
import type { Model, Value } from '../../ir/index.ts';
import {
  dequantize,
  finish,
  interfaceLayout,
  type Layout,
  Operand,
  type Quantization,
  renamed,
  throughIntegers,
  valueIn,
  Writer,
} from '../channels-last/index.ts';
import { Tally } from '../import-report.ts';
import type { ImportOptions } from '../imported.ts';
import { naming } from '../source-error.ts';
import { Call } from './call.ts';
import { constantData, quantizationOf } from './constant.ts';
import type { OperatorRecord, TensorRecord, TfliteFile } from './file.ts';
import { tfliteOps } from './ops/index.ts';
import { dtypeOf } from './tensor-types.ts';

/** Writes the operators of a file one after the other, in its order. */
export class TfliteReader {
  readonly w = new Writer('tflite');
  readonly tally = new Tally();
  readonly #file: TfliteFile;
  readonly #options: ImportOptions;
  readonly #operands = new Map<number, Operand>();

  constructor(file: TfliteFile, options: ImportOptions) {
    this.#file = file;
    this.#options = options;
  }

  read(): Model {
    for (const index of this.#file.inputs) this.#input(index);
    for (const operator of this.#file.operators) this.#operator(operator);
    const { outputs, outputNames } = this.#file;
    if (outputs.length === 0) throw new ModelError('The TFLite model must have outputs, has none');
    const named = new Map<string, Operand>();
    for (const index of outputs) {
      const name = distinct(outputNames.get(index) || this.#record(index).name || `output_${index}`, named);
      named.set(name, this.#interfaceOf(this.#operand(index)));
    }
    return finish(this.w, named, this.#options);
  }

  #record(index: number): TensorRecord {
    const record = this.#file.tensors[index];
    if (record) return record;
    throw new ModelError(`A tensor must have a number below ${this.#file.tensors.length}, has ${index}`);
  }

  #input(index: number): void {
    const record = this.#record(index);
    const { shape } = record;
    if (shape.some((size) => size < 0))
      throw new ModelError(`Input '${record.name}' must have sizes from 0, has [${shape}]`, {
        value: record.name,
      });
    const quantization = quantizationOf(record);
    const taken = new Map(this.w.g.graph.inputs.map(({ name }) => [name, name]));
    const name = distinct(this.#file.inputNames.get(index) || record.name || `input_${index}`, taken);
    const layout = interfaceLayout(shape.length, this.#options.layout);
    const float = quantization !== undefined && this.#options.interface !== 'quantized';
    const dtype = float ? 'float32' : dtypeOf(record.type, record.name);
    const x = this.w.input(name, { dtype, shape, layout });
    this.#operands.set(index, quantization ? this.#quantized(x, { quantization, float }) : x);
  }

  #quantized(x: Operand, { quantization, float }: { quantization: Quantization; float: boolean }): Operand {
    const write = float ? throughIntegers : dequantize;
    return new Operand({
      name: x.name,
      quantization,
      forms: mapForms(x, (v) => write(this.w, v, quantization)),
    });
  }

  /** Integers in front of the last DequantizeLinear, if the interface is to be quantized. */
  #interfaceOf(x: Operand): Operand {
    if (this.#options.interface !== 'quantized' || !x.quantization) return x;
    const layout = interfaceLayout(x.rank, this.#options.layout);
    const producer = valueIn(this.w, x, layout).producer;
    if (producer?.opType !== 'DequantizeLinear') return x;
    return new Operand({ name: x.name, forms: { [layout]: producer.input(0) } });
  }

  #operand(index: number): Operand {
    const known = this.#operands.get(index);
    if (known) return known;
    const record = this.#record(index);
    const { name } = record;
    if (!record.data)
      throw new ModelError(`Tensor '${name}' must be made before it is used, is not`, { value: name });
    const quantization = quantizationOf(record);
    if (record.type === 1) this.w.notes.add('Constants stored as float16 became float32');
    if (record.type === 4 && record.quantization?.scale)
      this.w.notes.add('Biases stored as 64-bit integers became float32');
    if (record.sparsity) this.w.notes.add('Sparse constants became dense');
    const operand = new Operand({
      name: name || `const_${index}`,
      constant: constantData(record),
      quantization,
    });
    this.#operands.set(index, operand);
    return operand;
  }

  #operator(record: OperatorRecord): void {
    const outputs = record.outputs.map((index) => this.#record(index));
    naming({ op: record.op, name: outputs[0]?.name ?? '' }, () => {
      const variable = [...record.inputs, ...record.outputs].find(
        (i) => i >= 0 && this.#record(i).isVariable,
      );
      if (variable !== undefined) throw new ModelError('must not keep state between runs, does');
      const { nodes } = this.w.g.graph;
      const before = nodes.length;
      const inputs = record.inputs.map((index) => (index < 0 ? undefined : this.#operand(index)));
      this.#noteDynamicRange(inputs);
      const results = [tfliteOps.get(record.op)!(new Call(this.w, { record, inputs, outputs }))].flat();
      if (results.length < outputs.length)
        throw new ModelError(`must have ${results.length} outputs, has ${outputs.length}`);
      const made = outputs.map((output, i) => this.#made(results[i]!, { output, since: before }));
      for (const [i, operand] of made.entries()) this.#operands.set(record.outputs[i]!, operand);
      this.tally.add(
        record.op,
        nodes.slice(before).map(({ opType }) => opType),
      );
    });
  }

  /** An output under its name in the file, and with the precision that its integers have. */
  #made(x: Operand, { output, since }: { output: TensorRecord; since: number }): Operand {
    const quantization = quantizationOf(output);
    if (x.constant) return renamed(x, output.name);
    if (!quantization) {
      const plain = new Operand({ name: output.name, forms: { ...x.forms }, sizes: x.sizes });
      return this.#named(plain, { output, since });
    }
    const forms = x.forms.first ? { first: x.forms.first } : { last: x.forms.last! };
    const through = mapForms(new Operand({ name: x.name, forms }), (v) =>
      throughIntegers(this.w, v, quantization),
    );
    return this.#named(new Operand({ name: output.name, quantization, forms: through, sizes: x.sizes }), {
      output,
      since,
    });
  }

  #named(x: Operand, { output, since }: { output: TensorRecord; since: number }): Operand {
    const value = x.forms.first ?? x.forms.last;
    const written = this.w.g.graph.nodes.slice(since);
    if (output.name && value?.producer && written.includes(value.producer)) value.name = output.name;
    return x;
  }

  #noteDynamicRange([x, ...weights]: readonly (Operand | undefined)[]): void {
    if (!x || x.constant || x.quantization || x.dtype !== 'float32') return;
    if (weights.some((weight) => weight?.constant && weight.quantization))
      this.w.notes.add(
        'Dynamic range: weights stay int8 behind DequantizeLinear, and activations are float32; LiteRT rounds them to int8 at each run',
      );
  }
}

function mapForms(x: Operand, write: (value: Value) => Value): Partial<Record<Layout, Value>> {
  const entries = Object.entries(x.forms) as [Layout, Value][];
  return Object.fromEntries(entries.map(([layout, value]) => [layout, write(value)]));
}

/** `name`, or `name_1`, ... if it is taken. */
function distinct(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  let i = 1;
  while (taken.has(`${name}_${i}`)) i++;
  return `${name}_${i}`;
}
