export { AutoReport } from './auto-report.ts';
export { type AutoOptions, quantizeAuto } from './quantize-auto.ts';
