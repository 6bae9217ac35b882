/**
 * Makes a board's files in the folder it is run in: `vmlinuz`, `initrd.gz`, `disk.ext4`, `id`, `known_hosts`. Packages
 * are unpacked and never set up, so that nothing of another processor has to run; no root is needed (fakeroot keeps who
 * owns what). Expects `first/`, `overlay/` and `sources.list` there. Parameters: the suite, packages and modules with
 * commas between, the disk's size in MB, the host's alias, the user, then options of mmdebstrap. A line that begins with `step` says what comes.
 */
export const buildScript = `set -eu
umask 022
suite=$1 packages=$2 modules=$3 disk=$4 alias=$5 user=$6; shift 6
step() { echo "step $1"; }

step "fetching Debian's arm64 packages"
mmdebstrap --quiet --mode=chrootless --architectures=arm64 --variant=extract --include="$packages" \\
  "$@" "$suite" root sources.list </dev/null >&2
kernel=$(ls root/lib/modules)
cp "root/boot/vmlinuz-$kernel" vmlinuz

step 'making its disk'
mkdir -p first/bin first/proc first/sys first/dev first/new first/modules
cp root/bin/busybox first/bin/
chmod 755 first/init
: > first/modules/order
for module in $(echo "$modules" | tr , ' '); do
  file=$(find "root/lib/modules/$kernel/" -name "$module.ko*" | head -n 1)
  if [ -n "$file" ]; then cp "$file" first/modules/; basename "$file" >> first/modules/order
  elif ! grep -q "/$module.ko" "root/lib/modules/$kernel/modules.builtin"; then
    echo "the kernel $kernel has no module $module" >&2; exit 1
  fi
done
(cd first && find . | cpio -o -H newc --quiet) > initrd
gzip -1 -n < initrd > initrd.gz

for key in id hostkey; do ssh-keygen -q -t ed25519 -N '' -C edgebook -f "$key"; done
cp -R overlay/. root/
chmod 755 root/sbin/edgebook-init; chmod 600 root/etc/shadow
mkdir -p root/etc/ssh root/root "root/home/$user/.ssh" root/proc root/sys root/dev root/run root/tmp
cp hostkey root/etc/ssh/ssh_host_ed25519_key; chmod 600 root/etc/ssh/ssh_host_ed25519_key
cp id.pub "root/home/$user/.ssh/authorized_keys"
chmod 700 "root/home/$user" "root/home/$user/.ssh"; chown -R 1000:1000 "root/home/$user"
[ -e root/bin/sh ] || ln -s dash root/bin/sh
[ -e root/usr/bin/awk ] || ln -s mawk root/usr/bin/awk
# Where apt came from, proxies among them, is this machine's affair.
rm -rf root/boot root/etc/apt root/var/cache/* root/var/lib/apt
rm -rf root/usr/share/doc root/usr/share/man root/usr/share/locale "root/lib/modules/$kernel/kernel"
mke2fs -q -F -t ext4 -m 0 -d root disk.ext4 "\${disk}M" >&2
echo "$alias $(cut -d ' ' -f 1,2 hostkey.pub)" > known_hosts
rm -rf root first overlay initrd hostkey hostkey.pub sources.list
`;
