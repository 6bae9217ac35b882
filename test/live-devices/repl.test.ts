import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { sshdProgram, startSshd } from './rig/sshd.ts';

const cli = fileURLToPath(new URL('../../dist/kernel/cli.js', import.meta.url));

describeWith('the terminal session on a device', [sshdProgram], () => {
  test('edgebook repl --ssh runs cells there, one after another, until one fails', {
    timeout: 240_000,
  }, async () => {
    const rig = await startSshd();
    try {
      const input =
        'const a = 20\n// %%\nprocess.env.HOME\n// %%\na * 2 + 2\n// %%\nthrow new TypeError("no")\n';
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [cli, 'repl', '--ssh', `ssh://${rig.host}:${rig.port}`],
        { input, encoding: 'utf8', env: { ...process.env, EDGEBOOK_SSH_CONFIG: rig.options[1]! } },
      );
      expect(stdout).toBe(`'${rig.home}'\n42\n`);
      expect(stderr).toContain('Connecting to ssh://');
      expect(stderr).toMatch(/TypeError.*: no/);
      expect(status).toBe(1);
    } finally {
      rig.close();
    }
  });
});
