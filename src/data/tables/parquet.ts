import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type ColumnOptions, columnRoles } from './columns.ts';
import { TableBuilder, type TableOptions } from './table-builder.ts';

/** Rows that are in memory at a time beside the data set. */
const rowsAtOnce = 4096;

/**
 * Reads a Parquet file of numbers (any codec that hyparquet knows), some rows at a time. Throws UsageError if it is none,
 * a column is nested, or a cell is no number.
 */
export async function readParquet(
  file: string,
  name: string,
  options: ColumnOptions & TableOptions = {},
): Promise<Dataset> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import(
    'hyparquet'
  );
  const { compressors } = await import('hyparquet-compressors');
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children;
    const names = columns.map(({ element }) => element.name);
    const roles = columnRoles(file, names, options);
    const wanted = [...roles.features, roles.label, roles.target].filter((at) => at !== undefined);
    const nested = wanted.find((at) => columns[at]!.children.length > 0);
    if (nested !== undefined)
      throw new UsageError(
        `${file}: column '${names[nested]}' must hold single values, holds others. Drop it`,
      );
    const builder = new TableBuilder(file, roles, options);
    const total = Number(metadata.num_rows);
    for (let start = 0; start < total; start += rowsAtOnce) {
      const rowEnd = Math.min(total, start + rowsAtOnce);
      const rows = await parquetReadObjects({
        file: buffer,
        metadata,
        compressors,
        rowStart: start,
        rowEnd,
        columns: wanted.map((at) => names[at]!),
      });
      rows.forEach((row, i) => {
        builder.add(
          names.map((column) => row[column]),
          start + i + 1,
        );
      });
    }
    return builder.done(name);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file} cannot be read as Parquet: ${(cause as Error).message}`, { cause });
  }
}
