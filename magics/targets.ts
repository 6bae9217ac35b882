import type { Report } from '../src/report.ts';
import { targets as all, targetOf, targetReport, targetsReport, thisMachine } from '../src/targets/index.ts';
import type { Magic } from './magic.ts';

export const targets: Magic<Report> = {
  name: 'targets',
  summary: 'List the runtimes that a model can be quantized for, or the rules of one and their sources',
  positionals: [{ name: 'target', summary: 'one of them', choices: all.map(({ name }) => name) }],
  flags: [],
  examples: ['%targets', '%targets edgetpu'],
  result: 'Report',
  run: async ({ positionals: [name] }) =>
    name === undefined ? targetsReport(all, thisMachine()) : targetReport(targetOf(name)),
};
