import { ModelError } from '../../errors.ts';
import type { Dim, Model, Tensor } from '../../ir/index.ts';
import { finish, interfaceLayout, Operand, Writer } from '../channels-last/index.ts';
import { Tally } from '../import-report.ts';
import type { ImportOptions } from '../imported.ts';
import type { Json } from '../json.ts';
import { naming } from '../source-error.ts';
import { requireKnown } from '../unsupported.ts';
import { Call, type GraphNode, readNode, splitReference } from './graph-node.ts';
import { graphOps } from './ops/index.ts';
import { neededNodes } from './order.ts';

/** What a reader hands over for the report. */
export interface Converted {
  readonly model: Model;
  readonly tally: Tally;
  readonly notes: ReadonlySet<string>;
}

const sources = new Set(['Const', 'Placeholder', 'PlaceholderWithDefault', 'NoOp']);
const known = new Set([...sources, ...graphOps.keys()]);

/**
 * A tfjs graph model (TensorFlow's own operators) as ONNX. `json` is the whole model.json. Throws ModelError for a malformed
 * file, and lists every operator that cannot be converted.
 */
export function readGraphModel(
  json: Json,
  weights: ReadonlyMap<string, Tensor>,
  options: ImportOptions,
): Converted {
  const list = json.get('modelTopology').get('node').list().map(readNode);
  const nodes = new Map(list.map((node) => [node.name, node]));
  const outputs = outputReferences(json, list);
  const needed = neededNodes(nodes, [...outputs.values()]);
  const placeholders = list.filter((node) => node.op.startsWith('Placeholder'));
  requireKnown(
    'The tfjs graph model',
    needed.map((node) => node.op),
    known,
  );
  const reader = new GraphReader(weights, options);
  for (const node of placeholders) reader.input(node);
  for (const node of needed) reader.read(node);
  const results = Array.from(outputs, ([name, reference]): [string, Operand] => [
    name,
    reader.operand(reference),
  ]);
  const model = finish(reader.w, new Map(results), options);
  return { model, tally: reader.tally, notes: reader.w.notes };
}

/** References by the name of the output: those of the signature, or all nodes that no other takes from. */
function outputReferences(json: Json, nodes: readonly GraphNode[]): Map<string, string> {
  const signature =
    json.optional('signature')?.optional('outputs') ??
    json.optional('userDefinedMetadata')?.optional('signature')?.optional('outputs');
  const named = signature?.entries().map(([key, output]) => output.optional('name')?.text() ?? key) ?? [];
  const taken = new Set(nodes.flatMap((node) => node.inputs.map((input) => splitReference(input).name)));
  const last = nodes.filter(({ op, name }) => !taken.has(name) && !sources.has(op)).map(({ name }) => name);
  const references = named.length ? named : last;
  if (references.length === 0) throw new ModelError('The tfjs graph model must have outputs, has none');
  return new Map(references.map((reference) => [outputName(reference), reference]));
}

function outputName(reference: string): string {
  const { name, index } = splitReference(reference);
  return index ? `${name}_${index}` : name;
}

class GraphReader {
  readonly w = new Writer('tfjs');
  readonly tally = new Tally();
  readonly #operands = new Map<string, readonly Operand[]>();
  readonly #weights: ReadonlyMap<string, Tensor>;
  readonly #options: ImportOptions;

  constructor(weights: ReadonlyMap<string, Tensor>, options: ImportOptions) {
    this.#weights = weights;
    this.#options = options;
  }

  input(node: GraphNode): void {
    naming(node, () => {
      const sizes = node.attributes.shape('shape');
      if (!sizes) throw new ModelError('must have a shape of known rank');
      const shape = sizes.map(
        (size, axis): Dim => (size >= 0 ? size : axis === 0 ? 'N' : `${node.name}_${axis}`),
      );
      const layout = interfaceLayout(shape.length, this.#options.layout);
      const operand = this.w.input(node.name, { dtype: node.attributes.dtype('dtype'), shape, layout });
      this.#operands.set(node.name, [operand]);
    });
  }

  read(node: GraphNode): void {
    if (this.#operands.has(node.name) || node.op === 'NoOp') return;
    naming(node, () => {
      if (node.op === 'Const') return this.#operands.set(node.name, [this.#constant(node)]);
      const { nodes } = this.w.g.graph;
      const before = nodes.length;
      const inputs = node.inputs.map((reference) => this.operand(reference));
      const outputs = [graphOps.get(node.op)!(new Call(this.w, node, inputs))].flat();
      const written = nodes.slice(before);
      this.tally.add(
        node.op,
        written.map(({ opType }) => opType),
      );
      if (outputs.length === 1) nameAfter(outputs[0]!, { name: node.name, written });
      return this.#operands.set(node.name, outputs);
    });
  }

  /** What `node` or `node:1` stands for. */
  operand(reference: string): Operand {
    const { name, index } = splitReference(reference);
    const operand = this.#operands.get(name)?.[index];
    if (operand) return operand;
    throw new ModelError(`'${reference}' must be the output of a node, is not`, { value: reference });
  }

  #constant({ name }: GraphNode): Operand {
    const constant = this.#weights.get(name);
    if (constant) return new Operand({ name, constant });
    throw new ModelError('must have its value in the weights, has none', { value: name });
  }
}

/** The source's name for the last value that was written for a node. */
export function nameAfter(
  { forms }: Operand,
  { name, written }: { name: string; written: Writer['g']['graph']['nodes'] },
): void {
  const value = forms.first ?? forms.last;
  if (value?.producer && written.includes(value.producer)) value.name = name;
}
