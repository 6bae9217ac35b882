import { type Profile, profileOf } from '../profiles/index.ts';
import type { Facts } from './facts.ts';

interface Rule {
  readonly profile: string;
  readonly fits: (facts: Facts) => boolean;
}

const has = ({ accelerators }: Facts, kind: string): boolean => accelerators.some((a) => a.kind === kind);
const model = (pattern: RegExp) => (facts: Facts) => pattern.test(facts.model ?? '');
const cpu = (pattern: RegExp) => (facts: Facts) => facts.cpu.clusters.some(({ name }) => pattern.test(name));
const pi5 = model(/^Raspberry Pi 5\b/);

/** The first that fits decides. A Hailo-8L is no Hailo-8: a Pi with one is matched as the bare Pi. */
const rules: readonly Rule[] = [
  { profile: 'jetson-agx-orin', fits: model(/Jetson AGX Orin/) },
  { profile: 'jetson-orin-nx', fits: model(/Jetson Orin NX/) },
  { profile: 'jetson-orin-nano', fits: model(/Jetson Orin Nano/) },
  { profile: 'jetson-xavier-nx', fits: model(/Jetson Xavier NX/) },
  { profile: 'jetson-nano', fits: model(/Jetson Nano/) },
  {
    profile: 'raspberry-pi-5-hailo-8',
    fits: (facts) => pi5(facts) && facts.accelerators.some(({ name }) => name === 'HAILO8'),
  },
  { profile: 'raspberry-pi-5-coral', fits: (facts) => pi5(facts) && has(facts, 'coral') },
  { profile: 'raspberry-pi-5-ncs2', fits: (facts) => pi5(facts) && has(facts, 'myriad') },
  { profile: 'raspberry-pi-5', fits: pi5 },
  { profile: 'raspberry-pi-4', fits: model(/^Raspberry Pi 4 Model B/) },
  { profile: 'coral-dev-board', fits: model(/i\.MX8MQ Phanbell/) },
  { profile: 'intel-core-ultra', fits: (facts) => cpu(/Core\(TM\) Ultra/)(facts) && has(facts, 'intel-npu') },
  { profile: 'intel-nuc-movidius', fits: (facts) => model(/NUC/)(facts) && has(facts, 'myriad') },
  { profile: 'amd-ryzen-ai', fits: (facts) => cpu(/Radeon 780M/)(facts) && has(facts, 'amd-npu') },
];

/** The data sheet's profile of a probed device, undefined where none is sure to be of it. */
export function matchProfile(facts: Facts): Profile | undefined {
  const rule = rules.find(({ fits }) => fits(facts));
  return rule && profileOf(rule.profile);
}
