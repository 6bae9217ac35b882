/** The first modules of the kernel, in the order they depend on each other; one may be built in. */
export const modules: readonly string[] = [
  ...['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci', 'virtio_blk'],
  ...['failover', 'net_failover', 'virtio_net', 'virtio-rng'],
];

/** What a small Linux has that people log into: a shell, the usual programs, sshd, python3. Nothing is set up by its scripts. */
export const packages: readonly string[] = [
  ...[
    'base-files',
    'base-passwd',
    'bash',
    'dash',
    'busybox-static',
    'coreutils',
    'findutils',
    'grep',
    'gzip',
  ],
  ...['hostname', 'iproute2', 'libatomic1', 'libc-bin', 'libstdc++6', 'mawk', 'mount', 'openssh-server'],
  ...['openssh-sftp-server', 'procps', 'python3', 'sed', 'tar', 'util-linux', 'linux-image-cloud-arm64'],
];

/** The user that owns everything of Edgebook there. */
export const user = 'edge';

/** The board's name in known_hosts: its port here changes from start to start. */
export const hostAlias = 'edgebook-qemu-arm64';

/** What the board writes on its console when sshd listens. */
export const readyMark = 'EDGEBOOK-BOARD-READY';

/** The kernel's first program, from its first files: finds the disk and the network, and goes over to the disk. */
const firstInit = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
ready() { [ -e /dev/vda ] && [ -e /sys/class/net/eth0 ]; }
n=0; until ready || [ $n -ge 300 ]; do sleep 0.1; n=$((n + 1)); done
ready || { echo 'the first program has found no disk or no network'; reboot -f; }
ip link set lo up; ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
mount -t ext4 /dev/vda /new || { echo 'the disk cannot be mounted'; sleep 1; reboot -f; }
for folder in proc sys dev; do mount --move "/$folder" "/new/$folder"; done
exec switch_root /new /sbin/edgebook-init </new/dev/console >/new/dev/console 2>&1
`;

/** Goes on from the disk: sshd, and nothing else. */
const init = `#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs -o mode=755 run /run; mount -t tmpfs -o mode=1777 tmp /tmp
mkdir -p /run/sshd /dev/pts /dev/shm
mount -t devpts devpts /dev/pts; mount -t tmpfs -o mode=1777 shm /dev/shm; ln -sf /proc/self/fd /dev/fd
hostname edgebook-board
/usr/sbin/sshd -e 2>/run/sshd.log || cat /run/sshd.log
echo '${readyMark}'
while :; do sleep 1000; done
`;

const sshd = `Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
UsePAM no
PidFile none
UseDNS no
PrintMotd no
MaxSessions 100
MaxStartups 100
Subsystem sftp internal-sftp
`;

/** The kernel's first files. */
export const firstFiles: Readonly<Record<string, string>> = { init: firstInit };

/** What is laid over the packages. */
export const overlay: Readonly<Record<string, string>> = {
  'sbin/edgebook-init': init,
  'etc/passwd': `root:x:0:0:root:/root:/bin/bash
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
${user}:x:1000:1000:${user}:/home/${user}:/bin/bash
`,
  'etc/shadow': `root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n${user}:*:19000:0:99999:7:::\n`,
  'etc/group': `root:x:0:\ntty:x:5:\nnogroup:x:65534:\n${user}:x:1000:\n`,
  'etc/hostname': 'edgebook-board\n',
  'etc/hosts': '127.0.0.1 localhost edgebook-board\n',
  'etc/ssh/sshd_config': sshd,
};
