export { candidateRanges } from './candidates.ts';
export {
  type RangeSearchOptions,
  type SearchedRanges,
  searchRanges,
  searchRangesOn,
} from './search-ranges.ts';
