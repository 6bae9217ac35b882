export { type Budget, type Constraint, parseBudget } from './budget.ts';
export { type DeviceFigures, type Figures, meets, type Standing, standingsOf } from './figures.ts';
export { type DeviceMeasurement, type MeasureDevice, measureLocal } from './measure-local.ts';
export {
  type OptimizedToBudget,
  type OptimizeToBudgetOptions,
  onlyLocal,
  optimizeToBudget,
} from './optimize.ts';
export { OptimizationReport } from './optimize-report.ts';
export { type Effort, efforts, type Form, type PlannedStep, type Way } from './plan.ts';
export { type Quantity, quantities } from './quantity.ts';
export { type Link, type Spec, type Trial, titleOf } from './trial.ts';
export type { Verdict } from './verdict.ts';
