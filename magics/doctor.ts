import { Report } from '../src/report.ts';
import { diagnose, diagnosisLine } from './checks/index.ts';
import type { Magic } from './magic.ts';

export const doctor: Magic<Report> = {
  name: 'doctor',
  summary: 'Check this installation and machine, and say how to mend what is wrong',
  positionals: [],
  flags: [],
  examples: ['%doctor'],
  result: 'Report',
  async run(_line, { folder }) {
    const found = await diagnose({ env: process.env, cwd: folder });
    return new Report({
      title: 'Doctor',
      columns: [{ key: 'line', header: 'check' }],
      rows: found.map((diagnosis) => ({ line: diagnosisLine(diagnosis), level: diagnosis.level })),
    });
  },
};
