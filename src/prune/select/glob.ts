/** Whether a name fits a pattern with `*` for any characters and `?` for one. */
export function fitsGlob(glob: string, name: string): boolean {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(name);
}
