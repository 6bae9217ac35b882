const start = '@@edgebook ';

/**
 * A POSIX shell script that prints all that a probe wants to know, in marked sections: one round trip. Needs no root and
 * changes nothing; commands that may hang on a broken driver get five seconds where the device has `timeout`. Its first
 * argument is put before the paths of files, so that it can read a tree that was taken from another device.
 */
export const probeScript = `
R=\${1:-}
PATH=$PATH:/usr/sbin:/sbin:/usr/local/cuda/bin:/usr/src/tensorrt/bin
T=; command -v timeout >/dev/null 2>&1 && T='timeout 5'
section() { printf '\\n${start}%s\\n' "$1"; }
whole() { section "$1"; [ -r "$R$2" ] && tr -d '\\000' < "$R$2"; }
each() { section "$1"; shift; for f in "$@"; do
  [ -r "$f" ] && printf '%s\\t%s\\n' "\${f#"$R"}" "$(head -n 1 "$f" 2>/dev/null | tr -d '\\000')"; done; }
names() { section "$1"; shift; for f in "$@"; do [ -e "$f" ] && printf '%s\\n' "\${f#"$R"}"; done; }
run() { section "$1"; shift; command -v "$1" >/dev/null 2>&1 || return 0; $T "$@" 2>&1 || printf 'exit code %s\\n' $?; }
run uname uname -srm
whole os-release /etc/os-release
whole cpuinfo /proc/cpuinfo
whole meminfo /proc/meminfo
run df df -Pk "\${HOME:-/}"
whole model /sys/firmware/devicetree/base/model
each dmi "$R"/sys/class/dmi/id/sys_vendor "$R"/sys/class/dmi/id/product_name
whole tegra /etc/nv_tegra_release
section packages; command -v dpkg-query >/dev/null 2>&1 && dpkg-query -W -f='\${Package} \${Version} \${db:Status-Status}\\n' \\
  nvidia-jetpack tensorrt 'libnvinfer[0-9]*' libnvinfer-bin openvino hailort 2>/dev/null
names trtexec "$R"/usr/src/tensorrt/bin/trtexec
section trtexec-path; command -v trtexec 2>/dev/null
whole cuda /usr/local/cuda/version.json
run nvidia-smi nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
run hailo hailortcli fw-control identify
names hailo-nodes "$R"/dev/hailo*
names apex-nodes "$R"/dev/apex_*
each usb "$R"/sys/bus/usb/devices/*/idVendor "$R"/sys/bus/usb/devices/*/idProduct
names npu-drivers "$R"/sys/bus/pci/drivers/intel_vpu/*:* "$R"/sys/bus/pci/drivers/amdxdna/*:*
names openvino "$R"/opt/intel/openvino*
each cameras "$R"/sys/class/video4linux/*/name
run nvpmodel nvpmodel -q
each governors "$R"/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor
each zones "$R"/sys/class/thermal/thermal_zone*/type "$R"/sys/class/thermal/thermal_zone*/temp
run throttled vcgencmd get_throttled
section end
`;

/** The sections of what `probeScript` printed, by name; undefined if it did not come to its end. */
export function sectionsOf(output: string): ReadonlyMap<string, string> | undefined {
  const sections = new Map<string, string>();
  for (const part of `\n${output}`.split(`\n${start}`).slice(1)) {
    const end = part.indexOf('\n');
    sections.set(end < 0 ? part : part.slice(0, end), end < 0 ? '' : part.slice(end + 1).trim());
  }
  return sections.has('end') ? sections : undefined;
}
