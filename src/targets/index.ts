import { UsageError } from '../errors.ts';
import { c } from './c.ts';
import { edgetpu } from './edgetpu.ts';
import { openvino } from './openvino.ts';
import { ortArm } from './ort-arm.ts';
import { ortCpuAvx2 } from './ort-cpu-avx2.ts';
import { ortCpuVnni } from './ort-cpu-vnni.ts';
import { qnn } from './qnn.ts';
import type { Target } from './target.ts';
import { tensorrt } from './tensorrt.ts';
import { tflite } from './tflite.ts';

export { noKernel } from './check-kernels.ts';
export { checkModel } from './check-model.ts';
export { checkPairs } from './check-pairs.ts';
export { checkTarget } from './check-target.ts';
export { type Condition, clipBounds, unmet } from './condition.ts';
export { lacksVnni, thisCpuLacksVnni } from './cpu.ts';
export {
  type FixedEncoding,
  fuses,
  type Int8Rule,
  type Limits,
  type Target,
  type WeightRule,
} from './target.ts';
export { targetReport, targetsReport } from './targets-report.ts';
export { thisMachine } from './this-machine.ts';
export type { Severity, Violation } from './violation.ts';

/** All targets. */
export const targets: readonly Target[] = [
  ortCpuVnni,
  ortCpuAvx2,
  ortArm,
  tensorrt,
  openvino,
  tflite,
  edgetpu,
  qnn,
  c,
];

/** The target called `name`. Throws UsageError for an unknown one. */
export function targetOf(name: string): Target {
  const target = targets.find((one) => one.name === name);
  if (target) return target;
  throw UsageError.unknown(
    'target',
    name,
    targets.map((one) => one.name),
  );
}
