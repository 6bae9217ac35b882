import { createReadStream } from 'node:fs';
import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type ColumnOptions, type ColumnRoles, columnRoles } from './columns.ts';
import { TableBuilder, type TableOptions, toNumber } from './table-builder.ts';

export interface CsvOptions extends ColumnOptions, TableOptions {
  /** Whether the first row names the columns. Default: it does if one of its cells is text where the next has a number, or all are text. */
  readonly header?: boolean;
}

/**
 * Reads a file of comma-, tab-, semicolon- or bar-separated values (RFC 4180 quotes), row by row. Without a header
 * columns are named by their positions. Throws UsageError that names the file, the row and the column.
 */
export async function readCsv(file: string, name: string, options: CsvOptions = {}): Promise<Dataset> {
  await refuseUtf16(file);
  const rows = new CsvRows(file, options);
  await parseRows(file, (cells, row) => rows.take(cells, row));
  return rows.builder().done(name);
}

/** Spreadsheets may save "Unicode text" in it, which as UTF-8 reads as names full of zeros. */
async function refuseUtf16(file: string): Promise<void> {
  const [mark = Buffer.alloc(0)] = await createReadStream(file, { end: 1 }).toArray();
  if (mark.equals(Buffer.of(0xff, 0xfe)) || mark.equals(Buffer.of(0xfe, 0xff)))
    throw new UsageError(`${file} must be in UTF-8, is in UTF-16: save it as CSV UTF-8`);
}

/** Rows of a file; the first waits until the second tells whether it is a header. */
class CsvRows {
  readonly #file: string;
  readonly #options: CsvOptions;
  #first: readonly string[] | undefined;
  #width = 0;
  #builder: TableBuilder | undefined;

  constructor(file: string, options: CsvOptions) {
    this.#file = file;
    this.#options = options;
  }

  take(cells: readonly string[], row: number): void {
    if (!this.#first) {
      this.#first = cells;
      this.#width = cells.length;
      return;
    }
    if (cells.length !== this.#width)
      throw new UsageError(
        `${this.#file}, row ${row} must have ${this.#width} cells as the first, has ${cells.length}`,
      );
    this.#builder ??= this.#start(cells);
    this.#builder.add(cells, row);
  }

  builder(): TableBuilder {
    if (!this.#first) throw new UsageError(`${this.#file} must have rows of values, is empty`);
    return this.#builder ?? this.#start(undefined);
  }

  #start(second: readonly string[] | undefined): TableBuilder {
    const first = this.#first!;
    const header = this.#options.header ?? isHeader(first, second);
    const names = header ? first.map((cell) => cell.trim()) : first.map((_, i) => String(i));
    const roles: ColumnRoles = columnRoles(this.#file, names, this.#options);
    const builder = new TableBuilder(this.#file, roles, this.#options);
    if (!header) builder.add(first, 1);
    return builder;
  }
}

function isHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  const text = first.map((cell) => toNumber(cell) === undefined);
  return text.every(Boolean) || text.some((is, i) => is && toNumber(second?.[i]) !== undefined);
}

/** Calls `take` for each row that is not blank; what it throws stops the reading. */
async function parseRows(file: string, take: (cells: readonly string[], row: number) => void): Promise<void> {
  const { default: Papa } = await import('papaparse');
  const stream = createReadStream(file, 'utf8');
  try {
    await new Promise<void>((resolve, reject) => {
      let row = 0;
      stream.once('error', reject);
      Papa.parse<string[]>(stream, {
        step({ data, errors }, parser) {
          row++;
          try {
            const [error] = errors.filter(({ type }) => type === 'Quotes');
            if (error) throw new UsageError(`${file}, row ${row}: ${error.message}`);
            if (row === 1 && data[0] !== undefined) data[0] = data[0].replace(/^\ufeff/, '');
            if (data.length > 1 || data[0]?.trim()) take(data, row);
          } catch (cause) {
            // First: a parser that is stopped says that it is complete.
            reject(cause as Error);
            parser.abort();
          }
        },
        complete: () => resolve(),
        error: reject,
      });
    });
  } finally {
    stream.destroy();
  }
}
