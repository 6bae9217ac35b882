export type { Accelerator } from './accelerators.ts';
export type { Cluster, Cpu } from './cpu.ts';
export type { Facts } from './facts.ts';
export type { Nvidia } from './nvidia.ts';
export { type Probed, type ProbeOptions, probe } from './probe.ts';
export { ProbeReport } from './probe-report.ts';
export type { Throttling, Zone } from './thermal.ts';
