import { ModelError } from '../../errors.ts';
import { FlatBuffer, type Table } from './flat-buffer.ts';
import { operatorNames } from './operator-names.ts';
import { optionsNames } from './schema.ts';
import type { SparseLevel, Sparsity } from './sparse.ts';

/** One tensor as the file declares it. */
export interface TensorRecord {
  readonly name: string;
  readonly shape: readonly number[];
  /** TFLite's TensorType. */
  readonly type: number;
  /** Constant data, a view of the file; undefined if it is computed. */
  readonly data: Uint8Array | undefined;
  readonly quantization: Table | undefined;
  readonly isVariable: boolean;
  readonly sparsity: Sparsity | undefined;
}

export interface OperatorRecord {
  /** `CONV_2D`, or the custom operator's own name. */
  readonly op: string;
  /** Indices of tensors; -1 is an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Table;
  readonly customOptions: Uint8Array | undefined;
}

/** The main subgraph of a TFLite file. */
export interface TfliteFile {
  readonly tensors: readonly TensorRecord[];
  readonly operators: readonly OperatorRecord[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Names that the signature gives to inputs and outputs, by tensor. */
  readonly inputNames: ReadonlyMap<number, string>;
  readonly outputNames: ReadonlyMap<number, string>;
}

const list = <T>(value: unknown): readonly T[] => (value as readonly T[] | undefined) ?? [];

/** Throws ModelError if the bytes are no TFLite file, or a malformed one. */
export function readTfliteFile(bytes: Uint8Array): TfliteFile {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) !== 'TFL3')
    throw new ModelError("A TFLite file must have 'TFL3' at byte 4, this has not");
  const buffer = new FlatBuffer(bytes);
  const model = buffer.root('Model');
  const subgraphs = list<Table>(model.subgraphs);
  const main = subgraphs[0];
  if (!main) throw new ModelError('The TFLite file must have a subgraph, has none');
  const signature = list<Table>(model.signatureDefs).find(({ subgraphIndex }) => subgraphIndex === 0);
  const buffers = list<Table>(model.buffers);
  const codes = list<Table>(model.operatorCodes);
  return {
    tensors: list<Table>(main.tensors).map((table) => tensorRecord(table, { buffer, buffers })),
    operators: list<Table>(main.operators).map((table) => operatorRecord(table, { buffer, codes })),
    inputs: list<number>(main.inputs),
    outputs: list<number>(main.outputs),
    inputNames: signatureNames(signature?.inputs),
    outputNames: signatureNames(signature?.outputs),
  };
}

const signatureNames = (maps: unknown): Map<number, string> =>
  new Map(list<Table>(maps).map(({ tensorIndex, name }) => [Number(tensorIndex), String(name ?? '')]));

function tensorRecord(
  table: Table,
  { buffer, buffers }: { buffer: FlatBuffer; buffers: readonly Table[] },
): TensorRecord {
  const name = String(table.name ?? '');
  const own = buffers[table.buffer as number];
  if (!own)
    throw new ModelError(`Tensor '${name}' must have a buffer of the file, has number ${table.buffer}`);
  if ((own.offset as bigint) > 1n)
    throw new ModelError(
      `Tensor '${name}' must have its data in the FlatBuffer, has it behind: files over 2 GiB cannot be read`,
    );
  const data = own.data as Uint8Array | undefined;
  return {
    name,
    shape: list<number>(table.shape),
    type: table.type as number,
    data: data?.length ? data : undefined,
    quantization: table.quantization as Table | undefined,
    isVariable: table.isVariable as boolean,
    sparsity: table.sparsity ? sparsityOf(table.sparsity as Table, buffer) : undefined,
  };
}

function sparsityOf(table: Table, buffer: FlatBuffer): Sparsity {
  return {
    order: list(table.traversalOrder),
    blocks: list(table.blockMap),
    levels: list<Table>(table.dimMetadata).map((level): SparseLevel => {
      if (level.format !== 1) return { size: level.denseSize as number };
      const { arraySegmentsType, arraySegments, arrayIndicesType, arrayIndices } = level;
      return {
        segments: indexVector(buffer, arraySegmentsType, arraySegments),
        indices: indexVector(buffer, arrayIndicesType, arrayIndices),
      };
    }),
  };
}

/** Members of the union SparseIndexVector. */
const vectorNames = ['', 'Int32Vector', 'Uint16Vector', 'Uint8Vector'];

function indexVector(buffer: FlatBuffer, type: unknown, position: unknown): readonly number[] {
  const name = vectorNames[type as number];
  return name && position !== undefined ? list(buffer.tableAt(position as number, name).values) : [];
}

function operatorRecord(
  table: Table,
  { buffer, codes }: { buffer: FlatBuffer; codes: readonly Table[] },
): OperatorRecord {
  const code = codes[table.opcodeIndex as number];
  if (!code)
    throw new ModelError(`An operator must have a code of the file, has number ${table.opcodeIndex}`);
  const name = optionsNames.get(table.builtinOptionsType as number);
  const position = table.builtinOptions as number | undefined;
  return {
    op: operatorName(code),
    inputs: list<number>(table.inputs),
    outputs: list<number>(table.outputs),
    options: name && position !== undefined ? buffer.tableAt(position, name) : {},
    customOptions: table.customOptions as Uint8Array | undefined,
  };
}

/** Codes up to 127 are in the older field too, which old files have alone. */
function operatorName(code: Table): string {
  const number = Math.max(code.builtinCode as number, code.deprecatedBuiltinCode as number);
  const name = operatorNames[number] ?? `operator ${number}`;
  return name === 'CUSTOM' ? String(code.customCode ?? 'CUSTOM') : name;
}
