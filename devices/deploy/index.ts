export { type DeployOptions, deploy, type Health } from './deploy.ts';
export { type DeployFacts, DeployReport } from './deploy-report.ts';
export { type Piece, piecesOf } from './pieces.ts';
export { rollback } from './rollback.ts';
export { defaultRoot, type LogEntry, type Manifest, type Slot, type SlotState, slotState } from './slots.ts';
