import { installedPackages, packageSubpaths } from './installed-packages.ts';

/** Whether a string that begins after `before` names a module. */
export function isSpecifier(before: string): boolean {
  return /(?:\bfrom|\bimport|\b(?:import|require)\s*\()\s*$/.test(before);
}

/** The packages, or paths in a package, that a specifier typed so far may go on to. */
export function packageSpecifiers(typed: string, cwd: string): string[] {
  const [, name] = /^(@[^/]+\/[^/]+|[^@/][^/]*)\//.exec(typed) ?? [];
  const found = name === undefined ? installedPackages(cwd) : packageSubpaths(name, cwd);
  return found.filter((specifier) => specifier.startsWith(typed));
}
