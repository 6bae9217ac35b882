import type { Dim, DType, Shape, Tensor, Value } from '../../ir/index.ts';
import { toFirst, toLast } from './axes.ts';

/** `last`: axes as the source has them, channels at the end. `first`: channels moved to axis 1, as ONNX wants them. */
export type Layout = 'last' | 'first';

/** Affine quantization: real = scale * (integer - zero point). Several scales: one for each index of `axis`. */
export interface Quantization {
  readonly dtype: DType;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/**
 * A tensor of the source model. It has the axes of the source, whatever layout the ONNX values have that hold it: a
 * Transpose is written only where an operator needs a layout that is not there yet.
 */
export class Operand {
  /** What the source calls it; for names and errors. */
  readonly name: string;
  /** Constant data, axes as in the source; as integers if `quantization` is there. */
  readonly constant: Tensor | undefined;
  readonly quantization: Quantization | undefined;
  /** The ONNX values that hold it so far. */
  readonly forms: Partial<Record<Layout, Value>>;
  /** Elements of a small integer vector or scalar, null where they are known at run time only. */
  readonly sizes: readonly (number | null)[] | undefined;

  constructor(init: {
    name: string;
    constant?: Tensor | undefined;
    quantization?: Quantization | undefined;
    forms?: Partial<Record<Layout, Value>>;
    sizes?: readonly (number | null)[] | undefined;
  }) {
    this.name = init.name;
    this.constant = init.constant;
    this.quantization = init.quantization;
    this.forms = init.forms ?? {};
    this.sizes = init.sizes ?? (init.constant && smallIntegers(init.constant));
  }

  get dtype(): DType | undefined {
    if (this.constant) return this.quantization ? 'float32' : this.constant.dtype;
    return (this.forms.last ?? this.forms.first)?.dtype;
  }

  /** In the source's order of axes; undefined if not even the rank is known. */
  get shape(): Shape | undefined {
    if (this.constant) return this.constant.shape;
    const { last, first } = this.forms;
    if (last) return last.shape;
    const shape = first?.shape;
    return shape && toLast(shape.length).map((axis): Dim => shape[axis]!);
  }

  get rank(): number | undefined {
    return this.shape?.length;
  }
}

const most = 64;

function smallIntegers(tensor: Tensor): number[] | undefined {
  const integer = tensor.dtype === 'int32' || tensor.dtype === 'int64';
  return integer && tensor.shape.length <= 1 && tensor.size <= most ? tensor.toNumbers() : undefined;
}

/** The dimensions of a shape in the other order: channels first. */
export const shapeFirst = (shape: Shape): Shape => toFirst(shape.length).map((axis) => shape[axis]!);
