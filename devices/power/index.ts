export { type Busy, PowerMonitor, type PowerTrace } from './power-monitor.ts';
export type { Coverage, PowerReading, PowerSample, PowerSource } from './power-source.ts';
export { coverageText, powerText } from './power-text.ts';
export { type DevicePower, type ReadPowerOptions, readPower } from './read-power.ts';
export { powerSources } from './sources.ts';
