import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/version.ts';

export { kernelName } from '../../magics/checks/jupyter-paths.ts';

/** The content of kernel.json: starts this very installation with this very Node. */
export function kernelSpec(): Record<string, unknown> {
  const cli = fileURLToPath(new URL(`../cli${extname(import.meta.url)}`, import.meta.url));
  return {
    argv: [process.execPath, cli, 'kernel', '{connection_file}'],
    display_name: 'Edgebook (TypeScript)',
    language: 'typescript',
    interrupt_mode: 'message',
    // `edgebook doctor` and `uninstall` know the kernelspec by it.
    metadata: { edgebook: { version: version() } },
  };
}

/** A chip whose core is a small network. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
  <g stroke="#3b82c4" stroke-width="4" stroke-linecap="round">
    <path d="M20 4v8M32 4v8M44 4v8M20 52v8M32 52v8M44 52v8M4 20h8M4 32h8M4 44h8M52 20h8M52 32h8M52 44h8"/>
  </g>
  <rect x="12" y="12" width="40" height="40" rx="7" fill="#17344f"/>
  <g stroke="#8fc7f2" stroke-width="2"><path d="M22 24l10 8M22 40l10-8M22 24l20 8M22 40l20-8"/></g>
  <g fill="#ffffff">
    <circle cx="22" cy="24" r="4"/><circle cx="22" cy="40" r="4"/><circle cx="32" cy="32" r="4"/>
  </g>
  <circle cx="42" cy="32" r="5" fill="#ffb454"/>
</svg>
`;
