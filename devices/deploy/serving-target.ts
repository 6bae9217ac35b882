import { ortArm } from '../../src/targets/ort-arm.ts';
import { ortCpuAvx2 } from '../../src/targets/ort-cpu-avx2.ts';
import { ortCpuVnni } from '../../src/targets/ort-cpu-vnni.ts';
import type { Target } from '../../src/targets/target.ts';
import type { Facts } from '../probe/index.ts';
import type { Profile } from '../profiles/index.ts';

/** Whose rules a model has to keep that is served on a device. */
export interface ServingTarget {
  readonly target: Target;
  /** Why it is this one. */
  readonly why: string;
}

/** onnxruntime's rules for the device's processor, which serves every model; the profile's faster engines are named. */
export function servingTarget({ cpu, kernel = '' }: Facts, profile?: Profile): ServingTarget {
  const processor = cpu.clusters.map(({ name }) => name).join(' and ') || 'an unknown processor';
  const others = (profile?.engines ?? []).flatMap((engine) =>
    engine.target && !engine.target.startsWith('ort-') ? [`${engine.name} (${engine.target})`] : [],
  );
  const rest = others.length > 0 ? `; not served from here: its ${others.join(', ')}` : '';
  const because = (what: string) => `onnxruntime serves it on ${processor}${what}${rest}`;
  if (/\b(aarch64|arm64)\b/.test(kernel)) return { target: ortArm, why: because('') };
  const hasVnni = cpu.features.some((feature) => /^avx(512)?_vnni$/.test(feature));
  return hasVnni
    ? { target: ortCpuVnni, why: because(', which has VNNI') }
    : { target: ortCpuAvx2, why: because(', which has no VNNI') };
}
