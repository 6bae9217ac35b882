import { createRequire } from 'node:module';
import { version } from '../../../src/version.ts';
import type { Handler } from '../handler.ts';
import { protocolVersion } from '../message.ts';

export const kernelInfo: Handler = {
  request: 'kernel_info_request',
  reply: 'kernel_info_reply',
  handle: (_request, { session }) => {
    session.types.startSoon();
    return kernelInfoContent();
  },
};

const kernelInfoContent = () => ({
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'edgebook',
  implementation_version: version(),
  language_info: {
    name: 'typescript',
    version: typescriptVersion(),
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: { name: 'javascript', typescript: true },
    nbconvert_exporter: 'script',
  },
  banner: `Edgebook ${version()}: small and fast neural networks for edge devices. TypeScript on Node ${process.versions.node}`,
  help_links: [{ text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' }],
  supported_features: ['kernel subshells'],
});

/** Without loading the compiler, which takes longer than all else that a start needs. */
function typescriptVersion(): string {
  const manifest = createRequire(import.meta.url)('typescript/package.json') as { version: string };
  return manifest.version;
}
