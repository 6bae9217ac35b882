import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Panel } from './panel.ts';

/** The machines that cells can run on. */
export async function devicesPanel(_cwd: string): Promise<Panel> {
  return {
    ...{ name: 'Devices', key: 'name' },
    columns: [
      { key: 'name', header: 'device' },
      { key: 'cpu', header: 'processor' },
      { key: 'threads', header: 'threads' },
      { key: 'memory', header: 'memory', unit: 'GB', scale: 1e-9, decimals: 1 },
    ],
    rows: [
      {
        ...{
          name: 'local',
          cpu: cpus()[0]?.model.trim(),
          threads: availableParallelism(),
          memory: totalmem(),
        },
      },
    ],
    ...{ selected: 0, sorted: undefined, isDescending: false, marked: new Set<string>(), empty: 'None' },
  };
}
