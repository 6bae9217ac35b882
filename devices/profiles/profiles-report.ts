import { Report } from '../../src/report.ts';
import type { Peak, Power, Precision, Price, Profile, Source } from './profile.ts';

/** A row of a machine that is attached: what it says of itself, not what a data sheet does. */
export interface AttachedRow {
  readonly name: string;
  readonly title: string;
  /** Undefined until it is known. */
  readonly memoryBytes?: number | undefined;
  readonly runtimes: readonly string[];
}

/** Attached devices, then the profiles side by side. */
export const profilesReport = (profiles: readonly Profile[], attached: readonly AttachedRow[]): Report =>
  new Report({
    title: `${attached.length} attached, ${profiles.length} profiles from data sheets`,
    columns: [
      { key: 'name', header: 'device' },
      { key: 'title', header: 'what it is' },
      { key: 'state', header: 'state' },
      { key: 'float32', header: 'float32', unit: 'TOPS' },
      { key: 'float16', header: 'float16', unit: 'TOPS' },
      { key: 'int8', header: 'int8', unit: 'TOPS' },
      { key: 'sparse', header: 'int8, sparse', unit: 'TOPS' },
      { key: 'memory', header: 'memory', unit: 'GB' },
      { key: 'bandwidth', header: 'bandwidth', unit: 'GB/s' },
      { key: 'power', header: 'power (W)' },
      { key: 'price', header: 'price (USD)' },
      { key: 'runtimes', header: 'runtimes' },
    ],
    rows: [...attached.map(attachedRow), ...profiles.map(profileRow)],
    warnings: [
      'Peaks are those of the fastest engine for each type, dense if not said otherwise; an empty cell is a figure that no source gives. %devices NAME shows all engines and sources.',
    ],
  });

const attachedRow = ({ name, title, memoryBytes, runtimes }: AttachedRow) => ({
  name,
  title,
  state: 'attached',
  memory: memoryBytes && memoryBytes / 2 ** 30,
  runtimes: runtimes.join(', '),
});

function profileRow(profile: Profile) {
  const { engines } = profile;
  const memory = profile.memory ?? engines[0].memory;
  const best = (precision: Precision, key: 'dense' | 'sparse') => {
    const found = engines.map(({ peak }) => peak[precision]?.[key]).filter((ops) => ops !== undefined);
    return found.length > 0 ? Math.max(...found) / 1e12 : undefined;
  };
  return {
    name: profile.name,
    title: profile.title,
    state: 'profile',
    float32: best('float32', 'dense'),
    float16: best('float16', 'dense'),
    int8: best('int8', 'dense'),
    sparse: best('int8', 'sparse'),
    memory: memory && memory.bytes.value / 2 ** 30,
    bandwidth: memory?.bandwidth && memory.bandwidth.value / 1e9,
    power: profile.power && wattsText(profile.power),
    price: profile.price && priceText(profile.price),
    runtimes: profile.runtimes.join(', '),
  };
}

/** `7–15`, or `up to 2.5` where only full load is known. */
export const wattsText = ({ min, max }: Power): string =>
  min === undefined ? `up to ${max}` : `${min}–${max}`;

/** `249 (2024)`. */
export const priceText = ({ usd, max, year }: Price): string =>
  `${usd}${max === undefined ? '' : `–${max}`} (${year})`;

/** All figures of one profile, each with its source. */
export function profileReport(profile: Profile): Report {
  const { memory, power, price } = profile;
  const rows = [
    ...profile.engines.flatMap((engine) => [
      ...Object.entries(engine.peak).map(([precision, peak]) =>
        figure(`${engine.name}, ${precision}`, peakText(peak), peak.from),
      ),
      ...(engine.count ? [{ figure: `${engine.name}, how many`, value: String(engine.count) }] : []),
      ...(engine.onChip
        ? [figure(`${engine.name}, on the chip`, bytesText(engine.onChip.value), engine.onChip.from)]
        : []),
      ...(engine.link
        ? [figure(`${engine.name}, link to the host`, rateText(engine.link.value), engine.link.from)]
        : []),
      ...memoryRows(`${engine.name}, `, engine.memory),
      { figure: `${engine.name}, rules`, value: engine.target ? `%targets ${engine.target}` : 'unknown' },
    ]),
    ...memoryRows('', memory),
    ...(power
      ? [figure(`power${power.of ? ` of ${power.of}` : ''}`, `${wattsText(power)} W`, power.from)]
      : [{ figure: 'power', value: 'unknown' }]),
    ...(price
      ? [figure(`price${price.of ? ` of ${price.of}` : ''}`, `${priceText(price)} USD`, price.from)]
      : [{ figure: 'price', value: 'unknown' }]),
    { figure: 'runtimes', value: profile.runtimes.join(', ') },
  ];
  return new Report({
    title: `${profile.name}: ${profile.title}`,
    columns: [
      { key: 'figure', header: 'figure' },
      { key: 'value', header: 'value' },
      { key: 'source', header: 'source', wrap: 80 },
      { key: 'url', header: 'address', wrap: 60 },
    ],
    rows,
    warnings: profile.notes,
  });
}

function memoryRows(prefix: string, memory: Profile['memory']) {
  if (!memory) return [];
  const { bytes, bandwidth, flash, onChip } = memory;
  return [
    figure(`${prefix}memory`, bytesText(bytes.value), bytes.from),
    ...(onChip ? [figure(`${prefix}memory on the chip`, bytesText(onChip.value), onChip.from)] : []),
    ...(flash ? [figure(`${prefix}flash`, bytesText(flash.value), flash.from)] : []),
    ...(bandwidth ? [figure(`${prefix}bandwidth`, rateText(bandwidth.value), bandwidth.from)] : []),
  ];
}

const figure = (name: string, value: string, { kind, title, url, unread }: Source) => ({
  figure: name,
  value,
  source: `${kind}${unread ? ', not at hand when written down' : ''}: ${title}`,
  url,
});

const peakText = ({ dense, sparse }: Peak): string =>
  `${opsText(dense)}${sparse === undefined ? '' : ` (${opsText(sparse)} sparse)`}`;

const opsText = (ops: number): string =>
  ops >= 1e12 ? `${Number((ops / 1e12).toPrecision(4))} TOPS` : `${Number((ops / 1e9).toPrecision(4))} GOPS`;

const rateText = (rate: number): string => `${Number((rate / 1e9).toPrecision(4))} GB/s`;

function bytesText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${bytes / 2 ** 30} GB`;
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MB` : `${bytes / 2 ** 10} KB`;
}
