export { candidateRanges } from './candidates.ts';
export { type RangeSearchOptions, searchRanges } from './search-ranges.ts';
