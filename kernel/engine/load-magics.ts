import type { Magic } from '../../magics/magic.ts';

let loaded: Promise<readonly Magic[]> | undefined;

/** The list that the module at `url` exports as `magics`, loaded at its first use. */
export function loadMagics(url: string): Promise<readonly Magic[]> {
  loaded ??= import(url).then((module: { magics: readonly Magic[] }) => module.magics);
  return loaded;
}
