export { type Cpu, type CpuName, cpuOf, cpus, thisCpu } from './cpu.ts';
export { type PredictOptions, predictAccuracy } from './predict-accuracy.ts';
export {
  observeSaturation,
  type SaturationOptions,
  saturatedLayers,
  suggestReducedRange,
} from './saturation.ts';
export { type LayerSaturation, SaturationReport } from './saturation-report.ts';
export { type Batches, type SimulateOptions, simulate, simulateAll } from './simulate.ts';
export { SimulationReport } from './simulation-report.ts';
export { Simulator, type SimulatorOptions } from './simulator.ts';
