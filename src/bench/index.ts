export { type BenchOptions, bench } from './bench.ts';
export { BenchReport, type BenchResult } from './bench-report.ts';
export { BenchTable, type NamedResult } from './bench-table.ts';
export { type Estimate, meanDifference, wilson } from './confidence.ts';
export { type EvaluateOptions, evaluate } from './evaluate.ts';
export { type ClassResult, Evaluation } from './evaluation.ts';
export { PairedAccuracy } from './paired-accuracy.ts';
export { scoresClasses } from './scores-classes.ts';
export { percentile, type Summary } from './statistics.ts';
