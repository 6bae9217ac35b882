import { Report } from '../../src/report.ts';
import type { Profile } from '../profiles/index.ts';
import type { Facts } from './facts.ts';
import type { Memory } from './storage.ts';

export interface ProbeInit {
  readonly device: string;
  readonly facts: Facts;
  readonly profile: Profile | undefined;
  /** What it takes and what that covers, or that it cannot tell; left out where nobody asked. */
  readonly power?: string;
}

/** A device looked into: its facts as a table, and the profile that its data sheet has here. */
export class ProbeReport extends Report {
  readonly facts: Facts;
  readonly profile: Profile | undefined;

  constructor({ device, facts, profile, power }: ProbeInit) {
    super({
      title: `${device}: ${facts.model ?? 'model unknown'}`,
      columns: [
        { key: 'fact', header: 'fact' },
        { key: 'value', header: 'value', wrap: 80 },
      ],
      rows: [...rowsOf(facts, profile), ...(power ? [{ fact: 'power', value: power }] : [])],
      warnings: warningsOf(facts),
    });
    this.facts = facts;
    this.profile = profile;
  }
}

function rowsOf(facts: Facts, profile: Profile | undefined) {
  const { cpu, nvidia } = facts;
  const values: Record<string, string | undefined> = {
    profile: profile?.name ?? 'none fits',
    machine: facts.emulator && `emulated: ${facts.emulator}`,
    system: [facts.os, facts.kernel].filter(Boolean).join(', '),
    processor: cpu.clusters.map(({ cores, name }) => `${cores} × ${name}`).join(', '),
    'processor features': cpu.features.join(' '),
    memory: sizeText(facts.memory),
    'disk of the home folder': sizeText(facts.disk),
    'Jetson Linux': nvidia.l4t,
    JetPack: nvidia.jetpack,
    CUDA: nvidia.cuda,
    TensorRT: nvidia.tensorrt,
    trtexec: nvidia.trtexec,
    graphics: nvidia.gpus.join('; '),
    accelerators: facts.accelerators
      .map(({ name, version }) => [name, version].filter(Boolean).join(' '))
      .join(', '),
    OpenVINO: facts.openvino,
    cameras: facts.cameras.join(', '),
    'power mode': nvidia.powerMode,
    governors: facts.governors.join(', '),
    temperatures: facts.zones.map(({ name, celsius }) => `${name} ${celsius.toFixed(1)} °C`).join(', '),
  };
  return Object.entries(values).flatMap(([fact, value]) => (value ? [{ fact, value }] : []));
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
const sizeText = (size: Memory | undefined): string | undefined =>
  size && `${gib(size.total)} GB, ${gib(size.available)} free`;

function warningsOf({ throttling, warnings, emulator }: Facts): string[] {
  const virtual = emulator
    ? [`This is no board: ${emulator} emulates it, and times taken there say nothing about a real one.`]
    : [];
  const now = throttling?.now.length ? [`Held back now: ${throttling.now.join(', ')}.`] : [];
  const since = throttling?.since.length
    ? [`Held back since it was started: ${throttling.since.join(', ')}.`]
    : [];
  return [...virtual, ...warnings, ...now, ...since];
}
