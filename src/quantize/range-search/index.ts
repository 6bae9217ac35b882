export { candidateRanges } from './candidates.ts';
export {
  type FurtherSearch,
  type RangeSearchOptions,
  type SearchedRanges,
  searchFurther,
  searchRanges,
} from './search-ranges.ts';
