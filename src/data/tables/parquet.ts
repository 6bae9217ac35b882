import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import type { ImageOptions } from '../image/image-folder.ts';
import { type ColumnOptions, columnRoles } from './columns.ts';
import { openParquet, type ParquetFile } from './parquet-file.ts';
import { isImageColumn, readParquetImages } from './parquet-images.ts';
import { TableBuilder, type TableOptions } from './table-builder.ts';

export interface ParquetOptions extends ColumnOptions, TableOptions, ImageOptions {}

/**
 * Reads a Parquet file of numbers, or of one column of encoded images as Hugging Face keeps them, and a label (any codec
 * that hyparquet knows). Throws UsageError if it is none, a column is nested, or a cell is no number.
 */
export async function readParquet(
  path: string,
  name: string,
  options: ParquetOptions = {},
): Promise<Dataset> {
  const file = await openParquet(path);
  return file.columns.some(isImageColumn)
    ? readParquetImages(file, name, options)
    : readNumbers(file, name, options);
}

async function readNumbers(file: ParquetFile, name: string, options: ParquetOptions): Promise<Dataset> {
  const { path, names, columns } = file;
  const roles = columnRoles(path, names, options);
  const wanted = [...roles.features, roles.label, roles.target].filter((at) => at !== undefined);
  const nested = wanted.find((at) => columns[at]!.children.length > 0);
  if (nested !== undefined)
    throw new UsageError(
      `${path}: column '${names[nested]}' must hold single values, holds others: drop it (--drop)`,
    );
  const builder = new TableBuilder(path, roles, options);
  for await (const { row, number } of file.rows(wanted.map((at) => names[at]!)))
    builder.add(
      names.map((column) => row[column]),
      number,
    );
  return builder.done(name);
}
