import { linesOf, outputOf } from './lines.ts';

export interface Nvidia {
  /** `36.4.3`: Jetson Linux. */
  readonly l4t?: string;
  /** Of the package nvidia-jetpack; absent where it is not installed, never derived from L4T. */
  readonly jetpack?: string;
  readonly tensorrt?: string;
  readonly cuda?: string;
  /** Path of the program. */
  readonly trtexec?: string;
  /** `name, driver, memory` of graphics cards, as nvidia-smi prints them. Jetsons before Thor have none. */
  readonly gpus: readonly string[];
  /** The nvpmodel power mode in force: `15W`, `MAXN`. */
  readonly powerMode?: string;
}

/** What the sections say of NVIDIA's software. */
export function parseNvidia(sections: ReadonlyMap<string, string>): Nvidia {
  const [, release, revision] =
    /^# R(\d+) \(release\), REVISION: ([\d.]+)/m.exec(sections.get('tegra') ?? '') ?? [];
  const packages = packagesOf(sections.get('packages'));
  const nvinfer = [...packages].find(([name]) => /^(tensorrt|libnvinfer[\d]*|libnvinfer-bin)$/.test(name));
  const found = {
    l4t: release && `${release}.${revision}`,
    jetpack: packages.get('nvidia-jetpack'),
    tensorrt: nvinfer?.[1].replace(/[-+].*$/, ''),
    cuda: /"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([^"]+)"/.exec(sections.get('cuda') ?? '')?.[1],
    trtexec: linesOf(sections.get('trtexec-path'))[0] ?? linesOf(sections.get('trtexec'))[0],
    powerMode: /NV Power Mode:\s*(\S+)/.exec(outputOf(sections.get('nvpmodel')) ?? '')?.[1],
  };
  const known = Object.fromEntries(Object.entries(found).filter(([, value]) => value));
  return { ...known, gpus: linesOf(outputOf(sections.get('nvidia-smi'))) };
}

/** Installed packages and their versions. */
export const packagesOf = (text = ''): ReadonlyMap<string, string> =>
  new Map(
    linesOf(text).flatMap((line): [string, string][] => {
      const [name, version, state] = line.split(' ');
      return name && version && state === 'installed' ? [[name, version]] : [];
    }),
  );
