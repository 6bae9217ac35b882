export {
  type Estimated,
  type EstimateOptions,
  reestimateNormalizations,
} from './reestimate-normalizations.ts';
