import type { TypedArray } from '../../src/ir/dtype.ts';
import type { MimeBundle } from '../../src/report.ts';
import { summarize } from './number-summary.ts';

/** Element type, length and figures instead of a thousand numbers. */
export function render(values: TypedArray): MimeBundle {
  const title = values.constructor.name;
  const dtype = title.replace(/Array$/, '').toLowerCase();
  const facts = {
    dtype: dtype === 'buffer' || dtype === 'uint8clamped' ? 'uint8' : dtype,
    length: values.length.toLocaleString('en-US'),
  };
  return summarize({ title, facts, values });
}
