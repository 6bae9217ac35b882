import type { SchemaTree } from 'hyparquet';
import { UsageError } from '../../errors.ts';
import { Dataset } from '../dataset.ts';
import { imageFormat } from '../image/image-folder.ts';
import { type ImageFormat, readImage } from '../image/read-image.ts';
import { normalizationOf } from '../normalization.ts';
import { positionOf } from './columns.ts';
import type { ParquetOptions } from './parquet.ts';
import type { ParquetFile } from './parquet-file.ts';

/** A column of `{ bytes, path }`, as Hugging Face's `Image` feature is stored. */
export const isImageColumn = ({ children }: SchemaTree): boolean =>
  children.some(({ element }) => element.name === 'bytes');

/** Decodes every image into memory. Throws UsageError that names the row of one which cannot be. */
export async function readParquetImages(
  file: ParquetFile,
  name: string,
  options: ParquetOptions,
): Promise<Dataset> {
  const image = file.names[file.columns.findIndex(isImageColumn)]!;
  const label = labelColumn(file, image, options);
  const { format, samples, labels, bad } = await decodeRows(file, { image, label, options });
  const sampleShape = [format.channels, format.height, format.width];
  const classNames = label === undefined ? [] : sortedClasses(labels);
  const numbers = new Map(classNames.map((text, i) => [text, i]));
  const rows = bad.length + samples.length;
  return new Dataset({
    name,
    sampleShape,
    classNames,
    splits: {
      train: {
        images: joined(samples, format.size),
        ...(label !== undefined && { labels: Int32Array.from(labels, (text) => numbers.get(text)!) }),
      },
    },
    normalization: normalizationOf('uint8', sampleShape, {}),
    warnings: bad.length > 0 ? [`${bad.length} of ${rows} rows were left out, the first: ${bad[0]}`] : [],
  });
}

interface Wanted {
  /** Names of the columns. */
  readonly image: string;
  readonly label: string | undefined;
  readonly options: ParquetOptions;
}

async function decodeRows(file: ParquetFile, { image, label, options }: Wanted) {
  const samples: Uint8Array[] = [];
  const labels: string[] = [];
  const bad: string[] = [];
  let format: ImageFormat | undefined;
  for await (const { row, number } of file.rows(label === undefined ? [image] : [image, label])) {
    try {
      const bytes = (row[image] as { bytes?: Uint8Array } | null)?.bytes;
      if (!bytes?.length) throw new UsageError('it is empty');
      format ??= await imageFormat(bytes, options);
      const sample = new Uint8Array(format.size);
      await readImage(bytes, format, sample);
      samples.push(sample);
      if (label !== undefined) labels.push(String(row[label]));
    } catch (cause) {
      const message = `${file.path}, row ${number}: column '${image}' cannot be read as an image: ${(cause as Error).message}`;
      const remedy = 'Mend it, or leave such rows out (--skip-bad)';
      if (!options.skipBad) throw new UsageError(`${message}. ${remedy}`, { cause });
      bad.push(message);
    }
  }
  if (format && samples.length > 0) return { format, samples, labels, bad };
  throw new UsageError(
    `${file.path} must have rows with an image that can be read. ${bad[0] ?? 'It has no rows'}`,
  );
}

function labelColumn(
  { path, names }: ParquetFile,
  image: string,
  { label, target }: ParquetOptions,
): string | undefined {
  if (target !== undefined)
    throw new UsageError(`${path}: 'target' is not there for images: choose a 'label'`);
  if (label === false) return undefined;
  if (label !== undefined) return names[positionOf(path, names, label)];
  const others = names.filter((name) => name !== image);
  const found = others.length === 1 ? others : others.filter((name) => /^(label|class)$/i.test(name));
  if (found.length === 1) return found[0];
  throw new UsageError(
    `${path}: say which column is the class (label), or that there is none (label: false; %data --unlabelled). Columns: ${names.join(', ')}`,
  );
}

/** By value if all are numbers, else by name. */
function sortedClasses(labels: readonly string[]): string[] {
  const met = [...new Set(labels)];
  return met.every((text) => Number.isFinite(Number(text)))
    ? met.toSorted((a, b) => Number(a) - Number(b))
    : met.toSorted();
}

function joined(samples: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(samples.length * size);
  for (const [i, sample] of samples.entries()) out.set(sample, i * size);
  return out;
}
