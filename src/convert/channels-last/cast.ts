import { type DType, dtypeCode } from '../../ir/index.ts';
import { Operand } from './operand.ts';
import { result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Another element type. */
export function cast(w: Writer, x: Operand, dtype: DType): Operand {
  if (x.dtype === dtype) return x;
  const integer = dtype === 'int32' || dtype === 'int64';
  const layout = x.forms.last || x.constant ? 'last' : 'first';
  const value = w.op('Cast', [valueIn(w, x, layout)], { attributes: { to: dtypeCode(dtype) } });
  return result(layout, value, integer ? x.sizes : undefined);
}

/** The operand under another name, for operators that change nothing. */
export const renamed = (x: Operand, name: string): Operand =>
  new Operand({
    name,
    constant: x.constant,
    quantization: x.quantization,
    forms: { ...x.forms },
    sizes: x.sizes,
  });
