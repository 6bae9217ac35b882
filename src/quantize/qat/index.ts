export { bitsLabel, bitsOf, fewestBits } from './bits.ts';
export { type FakeModel, type FakeWeight, fakeModel } from './fake-model.ts';
export { type QatOptions, type QatResult, qat } from './qat.ts';
export { QatReport } from './qat-report.ts';
