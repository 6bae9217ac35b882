import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SshTransport } from '../../devices/ssh/ssh.ts';
import { describeWith } from '../support/describe-with.ts';
import { type Cable, layCable, namespaceRequirements } from './rig/namespace.ts';
import { type SshRig, sshdProgram, startSshd } from './rig/sshd.ts';

describeWith(
  'faults of an ssh device in a network of its own',
  [sshdProgram, ...namespaceRequirements()],
  () => {
    let cable: Cable;
    let rig: SshRig;
    let transport: SshTransport;
    beforeAll(async () => {
      cable = layCable(1);
      rig = await startSshd({ namespace: cable });
    });
    afterAll(async () => {
      await transport.close();
      rig.close();
      cable.remove();
    });
    beforeEach(async () => {
      await transport?.close();
      transport = new SshTransport('edge', { host: rig.host, port: undefined, user: undefined }, rig.options);
      await transport.connect();
    });

    const cuts: [string, () => void, () => void][] = [
      ['link down here', () => cable.plug('down'), () => cable.plug('up')],
      ['link down there', () => cable.plugThere('down'), () => cable.plugThere('up')],
      ['silent drop', () => cable.drop(), () => cable.mend()],
      ['reset', () => cable.reset(), () => cable.mend()],
    ];

    test.each(cuts)('%s: an error within 10 s, and works again when mended', async (_, cut, mend) => {
      const running = transport.exec(['sleep', '600']);
      await transport.exec(['true']);
      const begin = Date.now();
      cut();
      const next = transport.exec(['sh', '-c', 'sleep 600']);
      const failure = { name: 'DeviceError', device: 'edge' };
      await Promise.all([running, next].map((one) => expect(one).rejects.toMatchObject(failure)));
      expect(Date.now() - begin).toBeLessThan(10_000);
      mend();
      const mended = Date.now();
      expect((await transport.exec(['echo', 'back'])).stdout.toString()).toBe('back\n');
      expect(Date.now() - mended).toBeLessThan(10_000);
    });

    test.each(cuts)(
      '%s during a put: the old file stays, and the put goes on when mended',
      async (_, cut, mend) => {
        const bytes = randomBytes(30_000_000);
        await transport.put('model', Buffer.from('old'));
        let done = false;
        const putting = transport.put('model', bytes, {
          onProgress: (sent) => {
            if (done || sent < 8_000_000) return;
            done = true;
            cut();
          },
        });
        const begin = Date.now();
        await expect(putting).rejects.toMatchObject({ name: 'DeviceError' });
        expect(Date.now() - begin).toBeLessThan(10_000);
        expect(readFileSync(join(rig.home, 'model'), 'utf8')).toBe('old');
        mend();
        await transport.put('model', bytes);
        expect(readFileSync(join(rig.home, 'model')).equals(bytes)).toBe(true);
      },
    );

    test('a device that cannot be reached when it is attached: an error within 10 s', async () => {
      await transport.close();
      cable.drop();
      const begin = Date.now();
      transport = new SshTransport('edge', { host: rig.host, port: undefined, user: undefined }, rig.options);
      await expect(transport.exec(['true'])).rejects.toThrow(/edge: .* does not answer. Is it on/);
      expect(Date.now() - begin).toBeLessThan(10_000);
      cable.mend();
      expect((await transport.exec(['echo', 'up'])).stdout.toString()).toBe('up\n');
    });

    test('5 % loss: slower, and whole', async () => {
      cable.lose(5);
      const bytes = randomBytes(2_000_000);
      await transport.put('lossy', bytes);
      expect(Buffer.compare(await transport.get('lossy'), bytes)).toBe(0);
      cable.mend();
    });
  },
);

const mayMount = namespaceRequirements().at(-1)!;

describeWith('a full disk on an ssh device', [sshdProgram, mayMount], () => {
  test('it is said, nothing half-written is left, and all works again with room', async () => {
    const rig = await startSshd();
    const transport = new SshTransport('edge', { ...rig, user: undefined }, rig.options);
    const small = join(rig.home, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'small', small]);
    try {
      await transport.put('small/model', Buffer.from('old'));
      const full = transport.put('small/model', randomBytes(8_000_000));
      await expect(full).rejects.toThrow(/small\/model was not written: the disk is full/);
      expect(readFileSync(join(small, 'model'), 'utf8')).toBe('old');
      expect(readdirSync(small)).toEqual(['model']);
      await transport.put('small/model', randomBytes(1_000_000));
    } finally {
      execFileSync('umount', [small]);
      await transport.close();
      rig.close();
    }
  });
});
