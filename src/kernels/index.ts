export { type Probe, probeKernels } from './probe.ts';
