import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { type BoardRig, boardRequirement, bySsh, startBoard, untilUp } from './rig/board.ts';
import { powerCuts } from './rig/power-cuts.ts';

describeWith('faults of an emulated board', [boardRequirement()], () => {
  let rig: BoardRig;
  beforeAll(async () => {
    rig = await startBoard('board', 'qemu:arm64?memory=512');
  });
  afterAll(() => rig.transport.close());

  const there = (script: string): Promise<Buffer> => bySsh(rig.board.sshOptions, script);
  const failure = { name: 'DeviceError', device: 'board' };
  const faults: [string, () => Promise<void>, () => Promise<void>][] = [
    ['the cable out', () => rig.qmp.plug('down'), () => rig.qmp.plug('up')],
    ['a board that hangs', () => rig.qmp.pause(), () => rig.qmp.resume()],
    ['a power cut', () => rig.qmp.reset(), async () => {}],
  ];

  test.each(faults)('%s: an error within 10 s, and works again after', async (_, cut, mend) => {
    const running = rig.transport.exec(['sleep', '600']);
    await rig.transport.exec(['true']);
    const begin = Date.now();
    await cut();
    await expect(running).rejects.toMatchObject(failure);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await mend();
    await untilUp(rig.board.sshOptions);
    expect((await rig.transport.exec(['echo', 'back'])).stdout.toString()).toBe('back\n');
  });

  test.each(faults)(
    '%s during a put: the old file stays whole, and the next put is whole',
    async (_, cut, mend) => {
      const [old, bytes] = [randomBytes(1000), randomBytes(6_000_000)];
      await rig.transport.put('model', old);
      let cutting: Promise<void> | undefined;
      const putting = rig.transport.put('model', bytes, {
        onProgress: (sent) => {
          if (sent > 2_000_000) cutting ??= cut();
        },
      });
      const begin = Date.now();
      await expect(putting).rejects.toMatchObject(failure);
      expect(Date.now() - begin).toBeLessThan(20_000);
      await cutting;
      await mend();
      await untilUp(rig.board.sshOptions);
      expect((await there('cat model')).equals(old)).toBe(true);
      await rig.transport.put('model', bytes);
      expect((await there('cat model')).equals(bytes)).toBe(true);
      expect((await there('ls')).toString()).toBe('model\n');
    },
  );

  test('a power cut at 6 moments of a deployment: the old or the new model is served, whole', async () => {
    const count = Number(process.env.EDGEBOOK_POWER_CUTS ?? 6);
    const cuts = await powerCuts({ count, seed: 5 });
    expect(cuts.map(({ served }) => served)).not.toContain('broken');
    expect(cuts.length).toBe(count);
    expect(cuts.some(({ isDone }) => !isDone)).toBe(true);
  });
});
