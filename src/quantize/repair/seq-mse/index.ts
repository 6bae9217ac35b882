export { inputScaleOf, type SeqMseOptions, searchScales, seqMse, sequentialMse } from './seq-mse.ts';
