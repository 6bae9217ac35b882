import { filesOf, linesOf, outputOf } from './lines.ts';
import { packagesOf } from './nvidia.ts';

/** A chip beside the processor that runs networks. */
export interface Accelerator {
  readonly kind: 'hailo' | 'coral' | 'myriad' | 'intel-npu' | 'amd-npu';
  readonly name: string;
  /** Of the firmware, where the device says. */
  readonly version?: string;
}

/** USB `vendor:product`. A Coral stick has the first number until it was first used, the second after. */
const sticks: Readonly<Record<string, Accelerator>> = {
  '1a6e:089a': { kind: 'coral', name: 'Coral USB Accelerator, not used yet' },
  '18d1:9302': { kind: 'coral', name: 'Coral USB Accelerator' },
  '03e7:2485': { kind: 'myriad', name: 'Movidius Myriad X' },
};

/** The accelerators that the sections show, and what hinders their use. */
export function parseAccelerators(sections: ReadonlyMap<string, string>) {
  const warnings: string[] = [];
  const hailo = parseHailo(sections.get('hailo'), warnings);
  if (!hailo && sections.get('hailo-nodes') && warnings.length === 0)
    warnings.push('A Hailo device node is there, but no hailortcli that answers: install HailoRT.');
  const drivers = linesOf(sections.get('npu-drivers'));
  const accelerators: Accelerator[] = [
    ...(hailo ? [hailo] : []),
    ...linesOf(sections.get('apex-nodes')).map(
      (path): Accelerator => ({ kind: 'coral', name: `Edge TPU ${path}` }),
    ),
    ...usbIds(sections.get('usb')).flatMap((id) => sticks[id] ?? []),
    ...drivers.map(
      (path): Accelerator =>
        path.includes('intel_vpu')
          ? { kind: 'intel-npu', name: 'Intel NPU' }
          : { kind: 'amd-npu', name: 'AMD XDNA NPU' },
    ),
  ];
  const openvino =
    packagesOf(sections.get('packages')).get('openvino') ??
    linesOf(sections.get('openvino'))[0]?.split('/').at(-1);
  return { accelerators, warnings, ...(openvino && { openvino }) };
}

/**
 * Reads `hailortcli fw-control identify` (hailo-ai/hailort). The board name says Hailo-8 even for an 8L: the
 * architecture decides.
 */
function parseHailo(text: string | undefined, warnings: string[]): Accelerator | undefined {
  const output = outputOf(text);
  if (text && !output) {
    const [, driver, library] =
      /Driver version \(([\d.]+)\) is different from library version \(([\d.]+)\)/.exec(text) ?? [];
    warnings.push(
      driver
        ? `Hailo: driver ${driver} and library ${library} must have the same version: install one release of both.`
        : `Hailo: hailortcli fails: ${linesOf(text)[0]}`,
    );
  }
  const name = /^Device Architecture:\s*(\S+)/m.exec(output ?? '')?.[1];
  const version = /^Firmware Version:\s*([\d.]+)/m.exec(output ?? '')?.[1];
  return name ? { kind: 'hailo', name, ...(version && { version }) } : undefined;
}

function usbIds(text: string | undefined): string[] {
  const files = new Map(filesOf(text));
  return [...files].flatMap(([path, vendor]) =>
    path.endsWith('/idVendor') ? [`${vendor}:${files.get(path.replace(/idVendor$/, 'idProduct'))}`] : [],
  );
}
