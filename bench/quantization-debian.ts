/**
 * Files of Debian's packages espeak-ng, python3-skimage and opencv-doc. EDGEBOOK_BENCH_DEBIAN names the folder into which they
 * were unpacked (`apt-get download`, `dpkg -x`); default /, where they are once installed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../src/errors.ts';

const root = process.env.EDGEBOOK_BENCH_DEBIAN ?? '/';

/** The path of a file or folder of a package. Throws UsageError that names the package if it is not there. */
export function debianFile(path: string, packages: string): string {
  const full = join(root, path);
  if (existsSync(full)) return full;
  throw new UsageError(
    `There is no ${full}: install Debian's ${packages}, or unpack them (apt-get download, dpkg -x) into a folder that EDGEBOOK_BENCH_DEBIAN names`,
  );
}
