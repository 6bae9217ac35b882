import { UsageError } from '../../errors.ts';
import type { WorkOptions } from '../../report.ts';
import { Dataset } from '../dataset.ts';
import { normalizationOf } from '../normalization.ts';
import { type SampleSource, subsetOf } from '../sample-source.ts';
import type { Split } from '../split.ts';
import { type BadFile, badFileError, FileSource } from './file-source.ts';
import { type LabelledFiles, labelledFiles } from './labelled-files.ts';
import type { FileFormat } from './reader-protocol.ts';

export interface FolderOptions extends WorkOptions {
  /** Reads all files first and leaves out those that cannot be read; the data set's warnings say which. */
  readonly skipBad?: boolean;
  /** Reads all files first and stops at one that cannot be read. Default: if there are at most 1000. */
  readonly check?: boolean;
  /** Samples are kept once they are read, up to so many bytes. Default 256 MB. */
  readonly cacheBytes?: number;
}

const checkedAtOnce = 1000;

/** What is in a kind of folder, for a sample of it: told by its first file that can be read. */
export interface FolderKind {
  readonly extensions: readonly string[];
  /** Throws if the file cannot be read. */
  formatOf(file: string): Promise<{ readonly format: FileFormat; readonly sampleShape: readonly number[] }>;
}

/** A data set over the files of a folder, with what the folder's names say; see `labelledFiles`. */
export async function folderDataset(
  { folder, name }: { readonly folder: string; readonly name: string },
  kind: FolderKind,
  options: FolderOptions,
): Promise<Dataset> {
  const { cacheBytes = 256e6, skipBad = false } = options;
  const tree = await labelledFiles(folder, kind.extensions);
  const parts = Object.entries(tree.splits);
  const count = parts.reduce((sum, [, { files }]) => sum + files.length, 0);
  const { format, sampleShape } = await firstFormat({ folder, files: parts[0]![1].files, skipBad }, kind);
  const check = skipBad || (options.check ?? count <= checkedAtOnce);
  const splits: Record<string, Split> = {};
  const bad: BadFile[] = [];
  for (const [split, part] of parts) {
    const share = (cacheBytes * part.files.length) / count;
    const source = new FileSource({ folder, files: part.files, format, cacheBytes: share });
    const found = check ? await source.check(options) : [];
    if (found[0] && !skipBad) throw severalBad(found, format);
    bad.push(...found);
    splits[split] = withoutBad({ source, part }, found);
  }
  const dtype = format.kind === 'image' ? 'uint8' : 'float32';
  return new Dataset({
    name,
    sampleShape,
    classNames: tree.classNames,
    splits,
    normalization: normalizationOf(dtype, sampleShape, {}),
    warnings: leftOut(bad, count),
  });
}

interface Start {
  readonly folder: string;
  readonly files: readonly string[];
  readonly skipBad: boolean;
}

/** What the first file says of all; where bad ones may be left out, the first good one. */
async function firstFormat({ folder, files, skipBad }: Start, kind: FolderKind) {
  let failure: UsageError | undefined;
  for (const file of skipBad ? files : files.slice(0, 1)) {
    const path = `${folder}/${file}`;
    try {
      return await kind.formatOf(path);
    } catch (cause) {
      const isSound = kind.extensions.includes('.wav');
      failure ??= badFileError(
        { file: path, reason: (cause as Error).message },
        { kind: isSound ? 'sound' : 'image' },
      );
    }
  }
  throw failure;
}

function withoutBad(
  { source, part }: { source: SampleSource; part: LabelledFiles },
  bad: readonly BadFile[],
): Split {
  const { labels } = part;
  if (bad.length === 0) return { images: source, ...(labels && { labels }) };
  const left = new Set(bad.map(({ index }) => index));
  const good = Uint32Array.from({ length: source.size }, (_, i) => i).filter((i) => !left.has(i));
  if (good.length === 0)
    throw new UsageError(
      `None of the ${source.size} files can be read, the first: ${bad[0]!.file}: ${bad[0]!.reason}`,
    );
  return {
    images: subsetOf(source, good),
    ...(labels && { labels: Int32Array.from(good, (i) => labels[i]!) }),
  };
}

function severalBad(bad: readonly BadFile[], format: FileFormat): UsageError {
  const first = badFileError(bad[0]!, format);
  return bad.length === 1 ? first : new UsageError(`${first.message} (${bad.length} files are bad)`);
}

const leftOut = (bad: readonly BadFile[], count: number): string[] =>
  bad.length === 0
    ? []
    : [
        `${bad.length} of ${count} files could not be read and were left out: ${bad
          .slice(0, 3)
          .map(({ file, reason }) => `${file} (${reason})`)
          .join(', ')}${bad.length > 3 ? ', ...' : ''}`,
      ];
