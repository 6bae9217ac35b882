/** A file or a symbolic link of an archive. */
export interface TarEntry {
  /** With `/` between folders, at most 255 characters of which the last part has at most 100. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

const block = 512;

/**
 * A tar archive (POSIX ustar) that depends on nothing but its entries: the same files give the same bytes.
 * Throws RangeError for a path that ustar cannot hold.
 */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const padding = Buffer.alloc((block - (entry.content.length % block)) % block);
    return [header(entry), entry.content, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header({ path, content, executable = false }: TarEntry): Buffer {
  const { name, prefix } = split(path);
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0);
  bytes.write(executable ? '0000755' : '0000644', 100);
  bytes.write('0000000', 108);
  bytes.write('0000000', 116);
  bytes.write(content.length.toString(8).padStart(11, '0'), 124);
  bytes.write('00000000000', 136);
  bytes.write('        ', 148);
  bytes.write('0', 156);
  bytes.write('ustar\u000000', 257);
  bytes.write(prefix, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

/** ustar has 100 bytes for the name and 155 for the folders before it. */
function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix };
  }
  throw new RangeError(`The path '${path}' is too long for a tar archive`);
}
