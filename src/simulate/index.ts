export { type Cpu, type CpuName, cpuOf, cpus, thisCpu } from './cpu.ts';
export { type Batches, type SimulateOptions, simulate, simulateAll } from './simulate.ts';
export { Simulator, type SimulatorOptions } from './simulator.ts';
