import type { AttachedDevice } from '../../../devices/attached-device.ts';
import { attachmentsOf } from '../../../devices/attachments.ts';
import { local } from '../../../devices/local.ts';
import { type DevicePower, readPower } from '../../../devices/power/index.ts';
import { type Facts, probe } from '../../../devices/probe/index.ts';
import type { Row } from '../../../src/report.ts';
import type { Panel } from './panel.ts';

export const deviceColumns: Panel['columns'] = [
  { key: 'name', header: 'device' },
  { key: 'state', header: 'state' },
  { key: 'celsius', header: 'hottest', unit: '°C', decimals: 1 },
  { key: 'watts', header: 'power', unit: 'W', decimals: 2 },
  { key: 'covers', header: 'of' },
  { key: 'held', header: 'held back by' },
  { key: 'mode', header: 'power mode' },
  { key: 'free', header: 'free', unit: 'GB', scale: 1e-9, decimals: 1 },
  { key: 'processor', header: 'processor' },
  { key: 'url', header: 'at' },
];

/** How long a device may take to answer before it is told as silent, in ms. */
const patience = 5000;
/** How often the panel looks again, in ms. */
const interval = 3000;

/** This machine and the attached ones, each looked into: state, heat, power, what holds it back. Looks again while it is open. */
export async function devicesPanel(cwd: string): Promise<Panel> {
  const attachments = attachmentsOf(cwd);
  const others = attachments.list().filter(({ name }) => name !== local);
  return {
    ...{ name: 'Devices', key: 'name', columns: deviceColumns, interval, empty: 'None' },
    rows: await Promise.all([attachments.get(local), ...others].map(rowOf)),
    ...{ selected: 0, sorted: undefined, isDescending: false, marked: new Set<string>() },
  };
}

async function rowOf({ name, url, opened }: AttachedDevice): Promise<Row> {
  try {
    const signal = AbortSignal.timeout(patience);
    const [{ facts }, power] = await Promise.all([
      probe(opened.transport, { signal }),
      readPower(opened.transport, { signal }),
    ]);
    return { name, state: 'answers', url, ...figuresOf(facts), ...powerOf(power) };
  } catch {
    return { name, state: 'silent', url };
  }
}

/** Both undefined for a device that cannot tell. */
export const powerOf = ({ reading }: DevicePower): Row => ({
  watts: reading?.watts,
  covers: reading && `${reading.covers}${reading.estimate === undefined ? '' : ' (estimate)'}`,
});

function figuresOf({ cpu, memory, zones, nvidia, throttling }: Facts): Row {
  return {
    processor: cpu.clusters.map(({ cores, name }) => `${cores} × ${name}`).join(', '),
    free: memory?.available,
    celsius: zones.length > 0 ? Math.max(...zones.map(({ celsius }) => celsius)) : undefined,
    mode: nvidia.powerMode,
    held: throttling?.now.join(', ') || undefined,
  };
}
