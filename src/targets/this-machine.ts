import { arch } from 'node:os';
import { thisCpuLacksVnni } from './cpu.ts';
import { ortArm } from './ort-arm.ts';
import { ortCpuAvx2 } from './ort-cpu-avx2.ts';
import { ortCpuVnni } from './ort-cpu-vnni.ts';
import type { Target } from './target.ts';

/** The target that stands for onnxruntime on this computer. A CPU that tells nothing is taken for one without VNNI. */
export function thisMachine(): Target {
  if (arch() === 'arm64') return ortArm;
  return thisCpuLacksVnni() === false ? ortCpuVnni : ortCpuAvx2;
}
