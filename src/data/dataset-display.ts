import type { MimeBundle } from '../report.ts';
import { escapeHtml, type Table, tableHtml, tableText } from '../table.ts';
import type { Dataset } from './dataset.ts';
import { encodePng } from './png.ts';
import { sampleSheet } from './sample-sheet.ts';

/** A summary of the splits and a sheet of samples: text, HTML and, where samples are pictures, PNG. */
export function showDataset(dataset: Dataset): MimeBundle {
  const heading = `${dataset.name}: ${dataset.classNames.length} classes, samples [${dataset.sampleShape.join(', ')}]`;
  const splits = splitTable(dataset);
  const balance = balanceTable(dataset);
  const picture = firstSamples(dataset);
  const image =
    picture && `<img alt="samples of ${escapeHtml(dataset.name)}" src="data:image/png;base64,${picture}">`;
  return {
    'text/plain': `${heading}\n\n${tableText(splits)}\n\n${tableText(balance)}`,
    'text/html': `<p>${escapeHtml(heading)}</p>${tableHtml(splits)}${tableHtml(balance)}${image ?? ''}`,
    ...(picture && { 'image/png': picture }),
  };
}

function splitTable(dataset: Dataset): Table {
  return {
    columns: ['split', 'samples', 'stored as', 'MB'],
    rows: dataset.splitNames.map((name) => {
      const images = dataset.images(name);
      return [
        name,
        dataset.size(name),
        images instanceof Uint8Array ? 'uint8' : 'float32',
        (images.byteLength / 1e6).toFixed(1),
      ];
    }),
  };
}

/** Samples of each class in each split, the first 20 classes. */
function balanceTable(dataset: Dataset): Table {
  const counts = dataset.splitNames.map((name) => {
    const perClass = new Array<number>(dataset.classNames.length).fill(0);
    for (const label of dataset.labels(name)) perClass[label]!++;
    return perClass;
  });
  const shown = dataset.classNames.slice(0, 20);
  return {
    columns: ['class', ...dataset.splitNames],
    rows: shown.map((className, i) => [className, ...counts.map((perClass) => perClass[i]!)]),
  };
}

function firstSamples(dataset: Dataset): string | undefined {
  const [first] = Object.values(dataset.splits);
  const sheet = first && sampleSheet(first, dataset.sampleShape, dataset.classNames.length);
  return sheet && Buffer.from(encodePng(sheet)).toString('base64');
}
