export { type ExplainOptions, explain } from './explain.ts';
export { ExplainReport } from './explain-report.ts';
export type { NodeFate, State } from './node-fate.ts';
