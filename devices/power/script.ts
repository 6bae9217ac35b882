import type { PowerSample, PowerSource } from './power-source.ts';

const mark = '@@edgebook ';

/**
 * What the sources' own commands rely on. The clock is the kernel's, since a board's date may jump. Intel's NPU counts the
 * time it works (kernel, drivers/accel/ivpu/ivpu_sysfs.c), which it recommends to read about once a second.
 */
const prelude = `R=\${1:-}; MS=\${2:-250}; S=\${3:-0.5}
PATH=$PATH:/usr/sbin:/sbin
T=; command -v timeout >/dev/null 2>&1 && T='timeout 5'
U=/proc/uptime; if [ -r "$R$U" ]; then U=$R$U; fi
show() { for f in "$@"; do v=; if [ -r "$f" ]; then { IFS= read -r v || [ -n "$v" ]; } 2>/dev/null < "$f" &&
  printf '%s\\t%s\\n' "\${f#"$R"}" "$v"; fi; done; }
at() { read -r up rest < "$U"; printf '\\n${mark}%s %s\\n' "$up" "$1"; }
heat() { at celsius; show "$R"/sys/class/thermal/thermal_zone*/temp; busy; }
N=; busy() { if [ "\${up%.*}" != "$N" ]; then N=\${up%.*}; at npu; show "$R"/sys/class/accel/accel*/device/npu_busy_time_us; fi; }
pause() { sleep "$S" 2>/dev/null || sleep 1; }
`;

const sampleOf = ({ name, sample }: PowerSource): string => `at '${name}'\n{ ${sample}\n} 2>/dev/null`;

/** A script that samples every source once, and counters twice: one round trip. */
export function readingScript(sources: readonly PowerSource[]): string {
  const counters = sources.filter(({ samples }) => samples > 1);
  return [
    prelude,
    ...sources.map(sampleOf),
    // Nothing is waited for where there are no counters.
    `if ls "$R"/sys/class/powercap/*/energy_uj >/dev/null 2>&1; then pause`,
    ...counters.map(sampleOf),
    'fi',
    'at end',
  ].join('\n');
}

/**
 * A script that samples one source, or none, the temperatures and the NPU, on and on. The arguments after its name: the root, the
 * interval in ms, and in seconds.
 */
export function monitorScript(source: PowerSource | undefined): string {
  if (!source?.stream) return `${prelude}while :; do\n${source ? sampleOf(source) : ':'}\nheat\npause\ndone`;
  return `${prelude}${source.stream} | while IFS= read -r line; do at '${source.name}'; printf '%s\\n' "$line"; heat; done`;
}

/** A section of what the scripts print: whose it is, when, and its lines. */
export interface Section extends PowerSample {
  readonly name: string;
}

/** The sections that are whole in `text`, and what is left over: the last is whole when another begins. */
export function sectionsOf(text: string): { readonly sections: readonly Section[]; readonly rest: string } {
  const parts = text.split(`\n${mark}`);
  const rest = parts.length > 1 ? `\n${mark}${parts.at(-1)}` : text;
  return { sections: parts.slice(1, -1).flatMap(sectionOf), rest };
}

/** A section's text after its mark. */
function sectionOf(part: string): Section[] {
  const [, at, name, text = ''] = /^([\d.]+) ([^\n]*)\n?([\s\S]*)$/.exec(part) ?? [];
  return at !== undefined && name !== undefined ? [{ name, at: Number(at), text: text.trim() }] : [];
}
