import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalTransport } from '../../devices/local-transport.ts';
import { conformance, homeHere } from './conformance.ts';

conformance('local', async () => {
  const home = mkdtempSync(join(tmpdir(), 'edgebook-local-'));
  const transport = new LocalTransport('here', home);
  return {
    transport,
    home: homeHere(home),
    close: async () => {
      await transport.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
});
