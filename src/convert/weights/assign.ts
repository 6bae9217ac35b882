import { ModelError, nearest } from '../../errors.ts';
import { formatShape, type Model, type Tensor, type Value } from '../../ir/index.ts';
import { Report, type Row } from '../../report.ts';
import { asDtype } from './as-dtype.ts';

export interface AssignOptions {
  /** Lets parameters keep their values that the file has not, and ignores what the model has not. Default false. */
  readonly partial?: boolean;
}

export interface Assigned {
  readonly model: Model;
  /** A row a parameter. */
  readonly report: Report<AssignedRow>;
}

interface AssignedRow extends Row {
  readonly parameter: string;
  readonly shape: string;
  readonly from: string;
}

/** How many problems one error lists. */
const shown = 12;

/**
 * A copy of the model with the values of `weights` in its parameters of the same names. float64, float16 and bfloat16
 * become float32 where the parameter is. Throws ModelError that lists every parameter that the file lacks (float constants
 * of more than one element), every tensor that the model lacks, and every shape or type that differs; with `partial`, only
 * the last.
 */
export function assignWeights(
  model: Model,
  weights: ReadonlyMap<string, Tensor>,
  { partial = false }: AssignOptions = {},
): Assigned {
  const copy = model.clone();
  const { initializers } = copy.graph;
  // PyTorch counts batches in its state; no graph reads them.
  const given = new Map([...weights].filter(([name]) => !name.endsWith('num_batches_tracked')));
  const parameters = [...initializers.values()].filter(isParameter);
  const missing = parameters.filter(({ name }) => !given.has(name)).map(({ name }) => name);
  const extra = [...given.keys()].filter((name) => !initializers.has(name));
  const pairs = [...given].flatMap(([name, tensor]) => {
    const value = initializers.get(name);
    return value ? [{ value, tensor }] : [];
  });
  const problems = [
    ...(partial ? [] : missing.map((name) => `'${name}' is not in the file${hint(name, extra)}`)),
    ...(partial ? [] : extra.map((name) => `'${name}' is not in the model${hint(name, missing)}`)),
    ...pairs.flatMap(({ value, tensor }) => mismatch(value, tensor) ?? []),
  ];
  if (pairs.length === 0) problems.unshift('no tensor of the file has the name of a parameter');
  if (problems.length) throw mismatchError(problems);
  for (const { value, tensor } of pairs) value.tensor = asDtype(tensor, value.dtype!)!;
  return { model: copy, report: assignReport(parameters, { given, extra }) };
}

const isParameter = ({ dtype, tensor }: Value): boolean =>
  /^b?float(16|32|64)$/.test(dtype ?? '') && tensor!.size > 1;

function hint(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near ? ` (there is '${near}')` : '';
}

function mismatch({ name, dtype, shape, tensor: own }: Value, tensor: Tensor): string | undefined {
  const have = formatShape(tensor.shape);
  if (have !== formatShape(shape)) {
    const swapped = shape?.length === 2 && have === formatShape([...shape].reverse());
    return `'${name}' must be of shape ${formatShape(shape)}, is ${have}${swapped ? ', its transpose' : ''}`;
  }
  if (asDtype(tensor, own!.dtype)) return undefined;
  return `'${name}' must be of type ${dtype}, is ${tensor.dtype}`;
}

function mismatchError(problems: readonly string[]): ModelError {
  const more = problems.length > shown ? [`and ${problems.length - shown} more`] : [];
  const lines = [...problems.slice(0, shown), ...more].map((line) => `- ${line}`);
  return new ModelError(`The weights do not fit the model:\n${lines.join('\n')}`);
}

function assignReport(
  parameters: readonly Value[],
  { given, extra }: { given: ReadonlyMap<string, Tensor>; extra: readonly string[] },
): Report<AssignedRow> {
  const rows = parameters.map(({ name, shape }) => ({
    parameter: name,
    shape: formatShape(shape),
    from: given.get(name)?.dtype ?? '(kept)',
  }));
  const kept = rows.filter(({ from }) => from === '(kept)').length;
  return new Report({
    title: `Weights: ${rows.length - kept} of ${rows.length} parameters from the file`,
    columns: [
      { key: 'parameter', header: 'parameter' },
      { key: 'shape', header: 'shape' },
      { key: 'from', header: 'stored as' },
    ],
    rows,
    warnings: [
      ...(kept ? [`${kept} parameters kept their values`] : []),
      ...(extra.length
        ? [`${extra.length} tensors of the file were not used: ${extra.slice(0, 5).join(', ')}`]
        : []),
    ],
  });
}
