export { type DeployOptions, deploy } from './deploy.ts';
export { type DeployFacts, DeployReport } from './deploy-report.ts';
export {
  buildArgv,
  buildEngine,
  type Engine,
  type EngineKey,
  engineFolder,
  engineRoot,
} from './engine.ts';
export { type Health, type HealthLimits, healthOf, type Outputs } from './health.ts';
export { dataSamples, type HealthSamples, randomSamples, samplesFor } from './health-samples.ts';
export { type Piece, piecesOf } from './pieces.ts';
export { clearDeployments, type Deployment, defaultName, deploymentRoot, deploymentsOn } from './places.ts';
export { rollback } from './rollback.ts';
export { type ServingTarget, servingTarget } from './serving-target.ts';
export { defaultRoot, type LogEntry, type Manifest, type Slot, type SlotState, slotState } from './slots.ts';
export { targetNotes } from './target-rules.ts';
