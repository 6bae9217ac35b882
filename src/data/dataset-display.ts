import { product } from '../ir/index.ts';
import { barFigure } from '../plot/index.ts';
import { escapeHtml } from '../report/html.ts';
import { type Displayable, displaySymbol, type MimeBundle, Report } from '../report.ts';
import type { Dataset } from './dataset.ts';
import { encodePng } from './png.ts';
import { sampleSheet } from './sample-sheet.ts';
import { isSource } from './sample-source.ts';

const shownClasses = 20;

/** A summary of the splits, the class balance as bars and a sheet of samples: text, HTML and, where samples are pictures, PNG. */
export async function showDataset(dataset: Dataset): Promise<MimeBundle> {
  const { name, sampleShape, warnings } = dataset;
  const summary = new Report({
    title: `${name}: ${contents(dataset)}, samples [${sampleShape.join(', ')}]`,
    columns: [
      { key: 'split', header: 'split' },
      { key: 'samples', header: 'samples' },
      { key: 'stored', header: 'stored as' },
      { key: 'bytes', header: 'size', unit: 'MB', scale: 1e-6, decimals: 1 },
    ],
    rows: dataset.splitNames.map((split) => splitRow(dataset, split)),
    charts: balance(dataset),
    warnings,
  });
  const bundle = await summary[displaySymbol]();
  const sheet = await sampleSheet(dataset);
  if (!sheet) return bundle;
  const picture = Buffer.from(encodePng(sheet)).toString('base64');
  const style = `width:${sheet.width * enlargement(dataset)}px;max-width:100%;image-rendering:pixelated`;
  const image = `<img alt="samples of ${escapeHtml(name)}" style="${style}" src="data:image/png;base64,${picture}">`;
  return { ...bundle, 'text/html': `${bundle['text/html']}\n${image}`, 'image/png': picture };
}

function contents({ classNames, splits, targetShape }: Dataset): string {
  if (classNames.length > 0) return `${classNames.length} classes`;
  const [first] = Object.values(splits);
  return first?.targets ? `targets [${targetShape.join(', ')}]` : 'no labels';
}

/** The size of samples as they are stored here: that of files which are read later is what they will take. */
function splitRow(dataset: Dataset, split: string) {
  const { images } = dataset.split(split);
  const samples = dataset.size(split);
  const kind = isSource(images) ? images.dtype : images instanceof Uint8Array ? 'uint8' : 'float32';
  const bytes = samples * product(dataset.sampleShape) * (kind === 'uint8' ? 1 : 4);
  return { split, samples, stored: isSource(images) ? `files, read as ${kind}` : kind, bytes };
}

/** Samples of each class in each split: a table and bars of the first split. */
function balance(dataset: Dataset): Displayable[] {
  const { classNames, splitNames } = dataset;
  if (classNames.length === 0) return [];
  const counts = splitNames.map((split) => dataset.classCounts(split));
  const title = classNames.length > shownClasses ? `The first ${shownClasses} classes` : 'Class balance';
  const shown = classNames.slice(0, shownClasses);
  const table = new Report({
    title,
    columns: ['class', ...splitNames].map((key) => ({ key, header: key })),
    rows: shown.map((name, i) => ({
      class: name,
      ...Object.fromEntries(splitNames.map((split, s) => [split, counts[s]![i]])),
    })),
  });
  const bars = shown.map((name, i) => ({ name, value: counts[0]![i]! }));
  const figure = barFigure(bars, {
    title: `${title} of ${dataset.name}, ${splitNames[0]}`,
    value: { title: 'Samples' },
    category: 'Class',
  });
  return [table, figure];
}

/** Small samples are shown larger, by whole factors, to about this width. */
const wantedWidth = 64;

const enlargement = ({ sampleShape }: Dataset): number =>
  Math.max(1, Math.floor(wantedWidth / (sampleShape[2] ?? wantedWidth)));
