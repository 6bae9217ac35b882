import { escapeHtml } from '../report/html.ts';
import { displaySymbol, type MimeBundle, Report } from '../report.ts';
import type { Dataset } from './dataset.ts';
import { encodePng } from './png.ts';
import { sampleSheet } from './sample-sheet.ts';

const shownClasses = 20;

/** A summary of the splits and a sheet of samples: text, HTML and, where samples are pictures, PNG. */
export async function showDataset(dataset: Dataset): Promise<MimeBundle> {
  const { classNames, name, sampleShape } = dataset;
  const summary = new Report({
    title: `${name}: ${classNames.length} classes, samples [${sampleShape.join(', ')}]`,
    columns: [
      { key: 'split', header: 'split' },
      { key: 'samples', header: 'samples' },
      { key: 'stored', header: 'stored as' },
      { key: 'bytes', header: 'size', unit: 'MB', scale: 1e-6, decimals: 1 },
    ],
    rows: dataset.splitNames.map((split) => {
      const images = dataset.images(split);
      const stored = images instanceof Uint8Array ? 'uint8' : 'float32';
      return { split, samples: dataset.size(split), stored, bytes: images.byteLength };
    }),
    charts: [balance(dataset)],
  });
  const bundle = await summary[displaySymbol]();
  const picture = firstSamples(dataset);
  if (!picture) return bundle;
  const image = `<img alt="samples of ${escapeHtml(name)}" src="data:image/png;base64,${picture}">`;
  return { ...bundle, 'text/html': `${bundle['text/html']}\n${image}`, 'image/png': picture };
}

/** Samples of each class in each split. */
function balance(dataset: Dataset): Report {
  const { classNames, splitNames } = dataset;
  const counts = splitNames.map((split) => {
    const perClass = new Array<number>(classNames.length).fill(0);
    for (const label of dataset.labels(split)) perClass[label]!++;
    return perClass;
  });
  return new Report({
    title: classNames.length > shownClasses ? `The first ${shownClasses} classes` : 'Class balance',
    columns: ['class', ...splitNames].map((key) => ({ key, header: key })),
    rows: classNames.slice(0, shownClasses).map((name, i) => ({
      class: name,
      ...Object.fromEntries(splitNames.map((split, s) => [split, counts[s]![i]])),
    })),
  });
}

function firstSamples(dataset: Dataset): string | undefined {
  const [first] = Object.values(dataset.splits);
  const sheet = first && sampleSheet(first, dataset.sampleShape, dataset.classNames.length);
  return sheet && Buffer.from(encodePng(sheet)).toString('base64');
}
