import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file } from '../support/requirement.ts';
import { type JupyterRig, jupyterPython, startJupyter } from './rig/jupyter.ts';

/** Attaches the server in a process of its own, since certificates are read as it starts, and says what came of it. */
const script = String.raw`
const { Notebook } = await import(process.argv[1]);
const notebook = new Notebook();
const { error } = await notebook.run('%attach lab ' + process.argv[2]);
if (error) console.log(error);
else {
  console.log((await notebook.run('%%on lab --shell\necho "$((6 * 7)) by $HOME"')).stdout);
  console.log((await notebook.run('%%on lab\n[6 * 7, "by a kernel"]')).shown.at(-1));
}
await notebook.close();
process.exit();`;

describeWith(
  'a Jupyter server behind TLS',
  [jupyterPython, file('/usr/bin/openssl', 'install openssl')],
  () => {
    let rig: JupyterRig;
    beforeAll(async () => {
      rig = await startJupyter({ isSecure: true, base: '/user/ann/' });
    });
    afterAll(() => rig.close());

    async function attach(env: NodeJS.ProcessEnv): Promise<string> {
      const notebook = new URL('./rig/notebook.ts', import.meta.url).href;
      const argv = ['--input-type=module', '-e', script, notebook, `jupyter+${rig.url}`];
      const all = { ...process.env, EDGEBOOK_JUPYTER_TOKEN_LAB: rig.token, ...env };
      return (await promisify(execFile)(process.execPath, argv, { env: all, timeout: 60_000 })).stdout;
    }

    test('a certificate that nobody knows is refused, with the remedy', async () => {
      expect(await attach({})).toContain(
        `lab: the certificate of ${rig.url} is not trusted. Start Edgebook with NODE_EXTRA_CA_CERTS=FILE that holds it`,
      );
    });

    test('with it named, commands and cells run there, below the path of a hub', async () => {
      const said = await attach({ NODE_EXTRA_CA_CERTS: rig.certificate! });
      expect(said).toContain(`42 by ${rig.home}`);
      expect(said).toContain('by a kernel');
    });
  },
);
