import type { FileMetaData, SchemaTree } from 'hyparquet';
import { UsageError } from '../../errors.ts';

/** A Parquet file's columns, and its rows some at a time. */
export interface ParquetFile {
  readonly path: string;
  readonly columns: readonly SchemaTree[];
  /** Column names at the top level. */
  readonly names: readonly string[];
  /** Rows as objects of the wanted columns, with the number of each row from 1. */
  rows(columns: readonly string[]): AsyncGenerator<{ row: Record<string, unknown>; number: number }, void>;
}

/** Rows that are in memory at a time beside what is made of them. */
const rowsAtOnce = 1024;

/** Opens a Parquet file. Throws UsageError if it is none; reading its rows throws one if they are broken. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const { file, metadata, columns } = await attempt(path, async () => {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children;
    if (columns.some(({ element }) => typeof element.name !== 'string'))
      throw new Error('a column has no name');
    return { file, metadata, columns };
  });
  return {
    path,
    columns,
    names: columns.map(({ element }) => element.name),
    rows: (wanted) => rowsOf({ path, file, metadata }, wanted),
  };
}

interface Opened {
  readonly path: string;
  readonly file: Awaited<ReturnType<typeof import('hyparquet').asyncBufferFromFile>>;
  readonly metadata: FileMetaData;
}

async function* rowsOf({ path, file, metadata }: Opened, columns: readonly string[]) {
  const { parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(total, rowStart + rowsAtOnce);
    const options = { file, metadata, compressors, rowStart, rowEnd, columns: [...columns], utf8: false };
    const rows = await attempt(path, () => parquetReadObjects(options));
    if (rows.length < rowEnd - rowStart)
      throw new UsageError(
        `${path} must have ${total} rows as it says, has ${rowStart + rows.length}; get the file again`,
      );
    for (const [i, row] of rows.entries()) yield { row, number: rowStart + i + 1 };
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new UsageError(`${path} cannot be read as Parquet: ${(cause as Error).message}`, { cause });
  }
}
