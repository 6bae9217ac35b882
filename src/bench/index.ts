export { type BenchOptions, bench } from './bench.ts';
export { BenchReport, type BenchResult, benchTable, type NamedResult } from './bench-report.ts';
export { type EvaluateOptions, evaluate } from './evaluate.ts';
export { type ClassResult, Evaluation } from './evaluation.ts';
export { percentile, type Summary } from './statistics.ts';
