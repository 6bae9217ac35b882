import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SshTransport } from '../../devices/ssh/ssh.ts';
import { describeWith } from '../support/describe-with.ts';
import { slowLink } from './rig/slow-link.ts';
import { sshdProgram, startSshd } from './rig/sshd.ts';

describeWith('an ssh device behind 100 ms each way', [sshdProgram], () => {
  test('commands and files go their way, slower and whole', async () => {
    const rig = await startSshd();
    const link = await slowLink(rig, 100);
    // The key is known under the port that the server has.
    const options = [...rig.options, '-o', `HostKeyAlias=[127.0.0.1]:${rig.port}`];
    const transport = new SshTransport(
      'edge',
      { host: '127.0.0.1', port: link.port, user: undefined },
      options,
    );
    try {
      await transport.connect();
      const begin = performance.now();
      expect((await transport.exec(['echo', 'far'])).stdout.toString()).toBe('far\n');
      const taken = performance.now() - begin;
      expect(taken).toBeGreaterThan(200);
      expect(taken).toBeLessThan(10_000);
      const bytes = randomBytes(3_000_000);
      await transport.put('model', bytes);
      expect(Buffer.compare(await transport.get('model'), bytes)).toBe(0);
      const cut = transport.exec(['sleep', '600']);
      await transport.exec(['true']);
      link.close();
      await expect(cut).rejects.toMatchObject({ name: 'DeviceError', device: 'edge' });
    } finally {
      await transport.close();
      link.close();
      rig.close();
    }
  });
});
