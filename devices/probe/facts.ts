import { type Accelerator, parseAccelerators } from './accelerators.ts';
import { type Cpu, parseCpu } from './cpu.ts';
import { filesOf } from './lines.ts';
import { type Nvidia, parseNvidia } from './nvidia.ts';
import { type Memory, parseDisk, parseMemory } from './storage.ts';
import { parseThrottling, parseZones, type Throttling, type Zone } from './thermal.ts';

/** What a device says of itself. What it does not say is absent. */
export interface Facts {
  /** From the device tree, else from DMI. */
  readonly model?: string;
  /** What emulates it. */
  readonly emulator?: string;
  /** `Linux 6.1.0 aarch64`. */
  readonly kernel?: string;
  readonly os?: string;
  readonly cpu: Cpu;
  readonly memory?: Memory;
  /** Of the home folder. */
  readonly disk?: Memory;
  readonly nvidia: Nvidia;
  readonly accelerators: readonly Accelerator[];
  readonly openvino?: string;
  readonly cameras: readonly string[];
  /** Frequency governors of the cores, each once. */
  readonly governors: readonly string[];
  readonly zones: readonly Zone[];
  readonly throttling?: Throttling;
  readonly warnings: readonly string[];
}

/** All facts in the sections of the probe's script. */
export function factsOf(sections: ReadonlyMap<string, string>): Facts {
  const text = (name: string) => sections.get(name) ?? '';
  const dmi = filesOf(text('dmi')).map(([, content]) => content);
  const optional = {
    model: text('model') || dmi.join(' '),
    // So QEMU's arm64 machine calls itself in its device tree.
    emulator: /dummy-virt/.test(text('model')) ? 'QEMU virt' : undefined,
    kernel: text('uname'),
    os: /^PRETTY_NAME="?([^"\n]+)/m.exec(text('os-release'))?.[1],
    memory: parseMemory(text('meminfo')),
    disk: parseDisk(text('df')),
    throttling: parseThrottling(text('throttled')),
  };
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
    cpu: parseCpu(text('cpuinfo')),
    nvidia: parseNvidia(sections),
    ...parseAccelerators(sections),
    cameras: filesOf(text('cameras')).map(([path, name]) => `${name} (/dev/${path.split('/').at(-2)})`),
    governors: [...new Set(filesOf(text('governors')).map(([, governor]) => governor))],
    zones: parseZones(text('zones')),
  };
}
