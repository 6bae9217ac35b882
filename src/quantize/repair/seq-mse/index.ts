export { type SeqMseOptions, seqMse, sequentialMse } from './seq-mse.ts';
