import { ModelError, UsageError } from '../errors.ts';
import { allValues, type Dim, formatShape, type Graph, type Model, type Shape } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';

export interface FixedShapes {
  /** Sizes by the name of a symbolic dimension: `{ N: 1 }`. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Full shapes by the name of an input: `{ x: [1, 3, 224, 224] }`. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/**
 * A copy of the model whose inputs have fixed sizes, in elements, and whose other values have the types that follow from
 * them. A symbol that a full shape settles is settled everywhere. Throws UsageError for a dimension or input that the
 * model has not, and for a size that is no whole number from 1 on; ModelError if a shape contradicts the one declared,
 * another one, or an operator.
 */
export function fixShapes(model: Model, { dims = {}, shapes = {} }: FixedShapes): Model {
  const copy = model.clone();
  const { graph } = copy;
  checkNames(graph, { dims, shapes });
  const sizes = new Map(Object.entries(dims));
  for (const input of graph.inputs) {
    const wanted = shapes[input.name];
    if (!wanted) continue;
    settle(input.name, { declared: input.shape, wanted, sizes });
    input.type = { dtype: input.dtype, shape: wanted };
  }
  const fixed = (dim: Dim): Dim => (typeof dim === 'string' ? (sizes.get(dim) ?? dim) : dim);
  for (const value of allValues(graph))
    if (value.type?.shape && !value.tensor)
      value.type = { ...value.type, shape: value.type.shape.map(fixed) };
  annotateTypes(graph);
  return copy;
}

function checkNames(graph: Graph, { dims, shapes }: Required<FixedShapes>): void {
  const isSymbol = (dim: Dim): dim is string => typeof dim === 'string';
  const symbols = new Set(graph.inputs.flatMap(({ shape = [] }) => shape.filter(isSymbol)));
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const name of Object.keys(dims))
    if (!symbols.has(name)) throw UsageError.unknown('dimension', name, symbols);
  for (const name of Object.keys(shapes))
    if (!inputs.has(name)) throw UsageError.unknown('input', name, inputs);
  const sizes = [
    ...Object.entries(dims),
    ...Object.entries(shapes).flatMap(([name, shape]) => shape.map((size) => [name, size] as const)),
  ];
  for (const [name, size] of sizes)
    if (!Number.isSafeInteger(size) || size < 1)
      throw new UsageError(`The size of '${name}' must be a whole number from 1 on, is ${size}`);
}

interface Settling {
  readonly declared: Shape | undefined;
  readonly wanted: readonly number[];
  readonly sizes: Map<string, number>;
}

/** Learns from a full shape what the symbols of the declared one are. */
function settle(name: string, { declared, wanted, sizes }: Settling): void {
  const contradiction = (): ModelError =>
    new ModelError(
      `Input '${name}' is declared as ${formatShape(declared)}, which cannot be ${formatShape(wanted)}`,
      {
        value: name,
      },
    );
  if (!declared) return;
  if (declared.length !== wanted.length) throw contradiction();
  declared.forEach((dim, axis) => {
    const size = wanted[axis]!;
    const before = typeof dim === 'string' ? sizes.get(dim) : dim;
    if (typeof before === 'number' && before !== size) throw contradiction();
    if (typeof dim === 'string') sizes.set(dim, size);
  });
}
