import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { JupyterTransport } from '../../devices/jupyter/jupyter.ts';
import { KernelSession } from '../../devices/jupyter/kernel-session.ts';
import { pythonGuard } from '../../devices/jupyter/python-guard.ts';
import { pythonCell } from '../../devices/jupyter/python-processes.ts';
import { JupyterServer } from '../../devices/jupyter/server.ts';
import { describeWith } from '../support/describe-with.ts';
import { conformance, homeHere } from './conformance.ts';
import { freePort, type JupyterRig, jupyterPython, killServer, startJupyter } from './rig/jupyter.ts';
import { type FaultyLink, startProxy } from './rig/proxy.ts';

/** The server's token is in the environment, as for a user. */
function transportTo({ token, port }: { token: string; port: number }): JupyterTransport {
  process.env.EDGEBOOK_JUPYTER_TOKEN_LAB = token;
  return new JupyterTransport('lab', { baseUrl: `http://127.0.0.1:${port}/`, kernel: undefined });
}
afterAll(() => {
  delete process.env.EDGEBOOK_JUPYTER_TOKEN_LAB;
});

describeWith('jupyter', [jupyterPython], () => {
  conformance('conformance', async () => {
    const rig = await startJupyter();
    const transport = transportTo(rig);
    return {
      transport,
      home: homeHere(rig.home),
      close: async () => {
        await transport.close();
        rig.close();
      },
    };
  });

  let rig: JupyterRig;
  let transport: JupyterTransport;
  beforeAll(async () => {
    rig = await startJupyter();
  });
  afterAll(() => rig.close());
  beforeEach(() => {
    transport = transportTo(rig);
  });
  afterEach(() => transport.close());

  const text = async (...argv: string[]) => Buffer.from((await transport.exec(argv)).stdout).toString();

  test('commands start in the home folder, without what a kernel sets for its cells', async () => {
    expect(await text('pwd')).toBe(`${rig.home}\n`);
    expect(await text('sh', '-c', 'echo "$FORCE_COLOR$CLICOLOR$MPLBACKEND$JPY_PARENT_PID"')).toBe('\n');
  });

  test('a wrong token is refused with the remedy, and never shown', async () => {
    const other = transportTo({ ...rig, token: 'wrong-token' });
    const refused = other.exec(['true']).catch((error: Error) => error.message);
    expect(await refused).toMatch(
      /^lab: the Jupyter server at http:\S+ does not take the token. .*set EDGEBOOK_JUPYTER_TOKEN_LAB or JUPYTER_TOKEN/,
    );
    expect(await refused).not.toContain('wrong-token');
    await other.close();
  });

  test('without a token in the environment it is asked for, and kept in memory', async () => {
    delete process.env.EDGEBOOK_JUPYTER_TOKEN_LAB;
    const server = new JupyterServer('lab', { baseUrl: `http://127.0.0.1:${rig.port}/`, kernel: undefined });
    await expect(server.meet()).rejects.toThrow(/does not take the token/);
    const questions: string[] = [];
    await server.meet(async (question) => {
      questions.push(question);
      return ` ${rig.token}\n`;
    });
    expect(questions).toEqual([
      expect.stringContaining('The token of the Jupyter server at http://127.0.0.1:'),
    ]);
    expect((await server.kinds()).map(({ name }) => name)).toEqual(['python3']);
    server.dispose();
  });

  test('what a cell asks is answered; where nobody can be asked, it is told so', async () => {
    const { server } = transportTo(rig);
    const session = new KernelSession(server);
    const shown: string[] = [];
    await session.execute('import getpass\nprint(int(input("n? ")) * 2, getpass.getpass("word? "))', {
      onInput: async (question, isSecret) => (isSecret ? `secret ${question}` : '21'),
      onOutput: (output) => shown.push(output.type === 'stream' ? output.text : ''),
    });
    expect(shown.join('')).toBe('42 secret word? \n');
    await expect(session.execute('input("n? ")')).rejects.toThrow(/does not support input/);
    await session.close();
    server.dispose();
  });

  test('a flood of output is cut by the server, and that is shown', async () => {
    const { server } = transportTo(rig);
    const session = new KernelSession(server);
    const errors: string[] = [];
    await session.execute('print("x" * 3_000_000)', {
      onOutput: (output) => output.type === 'stream' && output.name === 'stderr' && errors.push(output.text),
    });
    expect(errors.join('')).toMatch(/IOPub data rate exceeded[\s\S]*iopub_data_rate_limit/);
    await session.close();
    server.dispose();
  });

  test('what is no Jupyter server, and what does not answer, is said', async () => {
    const nothing = transportTo({ ...rig, port: await freePort() });
    const begin = Date.now();
    await expect(nothing.exec(['true'])).rejects.toThrow(/no Jupyter server listens on that port/);
    expect(Date.now() - begin).toBeLessThan(10_000);
    const page = new JupyterTransport('lab', {
      baseUrl: `http://127.0.0.1:${rig.port}/api/x/`,
      kernel: undefined,
    });
    await expect(page.exec(['true'])).rejects.toThrow(/is no Jupyter server/);
    await Promise.all([nothing.close(), page.close()]);
  });

  test('a put that was cut goes on where it ended, and is never seen half', async () => {
    const bytes = randomBytes(30_000_000);
    await transport.put('big', Buffer.from('old'));
    let cut = false;
    const putting = transport.put('big', bytes, {
      onProgress: (sent) => {
        if (cut || sent < 15_000_000) return;
        cut = true;
        killKernels(rig);
      },
    });
    await expect(putting).rejects.toMatchObject({ name: 'DeviceError', device: 'lab' });
    expect(readFileSync(join(rig.home, 'big'), 'utf8')).toBe('old');
    let first: number | undefined;
    await transport.put('big', bytes, { onProgress: (sent) => (first ??= sent) });
    expect(first).toBeGreaterThan(1_000_000);
    expect(readFileSync(join(rig.home, 'big')).equals(bytes)).toBe(true);
    expect(readdirSync(rig.home).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('the kernel that runs commands killed: an error in time, and the next command has another', async () => {
    const running = transport.exec(['sleep', '600']);
    await transport.exec(['true']);
    const begin = Date.now();
    killKernels(rig);
    await expect(running).rejects.toMatchObject({ name: 'DeviceError', device: 'lab' });
    expect(await text('echo', 'back')).toBe('back\n');
    expect(Date.now() - begin).toBeLessThan(10_000);
  });

  test('the server killed: an error in time, and all works again when it is back', async () => {
    const own = await startJupyter();
    const lab = transportTo(own);
    const running = lab.exec(['sleep', '600']);
    await lab.exec(['true']);
    const begin = Date.now();
    await Promise.all([expect(running).rejects.toMatchObject({ name: 'DeviceError' }), killServer(own)]);
    await expect(lab.exec(['true'])).rejects.toThrow(/no Jupyter server listens on that port/);
    expect(Date.now() - begin).toBeLessThan(15_000);
    await own.restart();
    const back = Date.now();
    expect(Buffer.from((await lab.exec(['echo', 'back'])).stdout).toString()).toBe('back\n');
    expect(Date.now() - back).toBeLessThan(10_000);
    await lab.close();
    own.close();
  });

  test('a kernel whose notebook has gone without a word ends itself, and only then', async () => {
    const { server } = transportTo(rig);
    const session = new KernelSession(server);
    const { id } = await session.connected();
    const guard = `__import__("guard_of_test").guard(${JSON.stringify(id)}, 2, 0.5)`;
    await session.execute(`${pythonCell('guard_of_test', pythonGuard)}\n${guard}`, { silent: true });
    await session.execute('import time; time.sleep(4)');
    expect(kernelProcesses(rig)).toHaveLength(1);
    server.dispose();
    await expect.poll(() => kernelProcesses(rig), { timeout: 15_000 }).toEqual([]);
  });

  test('close ends what runs there, and its kernel', async () => {
    const lab = transportTo(rig);
    const running = lab.exec(['sleep', '601']);
    await lab.exec(['true']);
    const before = kernelProcesses(rig).length;
    await Promise.all([
      expect(running)
        .rejects.toBeDefined()
        .catch(() => {}),
      lab.close(),
    ]);
    expect(await text('ps', '-eo', 'args')).not.toContain('sleep 601');
    await expect.poll(() => kernelProcesses(rig).length, { timeout: 5000 }).toBeLessThanOrEqual(before);
  });
});

describeWith('a link to a Jupyter server that fails', [jupyterPython], () => {
  let rig: JupyterRig;
  let proxy: FaultyLink;
  let transport: JupyterTransport;
  beforeAll(async () => {
    rig = await startJupyter();
    proxy = await startProxy(rig.port);
    transport = transportTo({ ...rig, port: proxy.port });
  });
  afterAll(async () => {
    await transport.close();
    proxy.close();
    rig.close();
  });

  test.each(['drop', 'reset'] as const)(
    '%s: an error within 10 s, and works again when mended',
    async (fault) => {
      const running = transport.exec(['sleep', '600']);
      await transport.exec(['true']);
      const begin = Date.now();
      proxy[fault]();
      await expect(running).rejects.toMatchObject({ name: 'DeviceError', device: 'lab' });
      expect(Date.now() - begin).toBeLessThan(10_000);
      if (fault === 'drop') {
        const next = Date.now();
        await expect(transport.exec(['true'])).rejects.toThrow(/does not answer. Is it on/);
        expect(Date.now() - next).toBeLessThan(10_000);
      }
      proxy.mend();
      const mended = Date.now();
      expect(Buffer.from((await transport.exec(['echo', 'back'])).stdout).toString()).toBe('back\n');
      expect(Date.now() - mended).toBeLessThan(10_000);
    },
  );

  test('a silent drop during a put: the old file stays, and the put goes on when mended', async () => {
    const bytes = randomBytes(20_000_000);
    await transport.put('model', Buffer.from('old'));
    const putting = transport.put('model', bytes, {
      onProgress: (sent) => {
        if (sent > 8_000_000) proxy.drop();
      },
    });
    const begin = Date.now();
    await expect(putting).rejects.toMatchObject({ name: 'DeviceError' });
    expect(Date.now() - begin).toBeLessThan(10_000);
    expect(readFileSync(join(rig.home, 'model'), 'utf8')).toBe('old');
    proxy.mend();
    await transport.put('model', bytes);
    expect(readFileSync(join(rig.home, 'model')).equals(bytes)).toBe(true);
  });
});

describeWith('a Jupyter server without Python', [jupyterPython], () => {
  let rig: JupyterRig;
  let transport: JupyterTransport;
  beforeAll(async () => {
    rig = await startJupyter({ kernels: ['edgebook'] });
    transport = transportTo(rig);
  });
  afterAll(async () => {
    await transport.close();
    rig.close();
  });

  test('files come and go by the contents API, whole and checked', async () => {
    const bytes = randomBytes(3_000_001);
    const seen: number[] = [];
    await transport.put('deep/er/file.bin', bytes, { onProgress: (sent) => seen.push(sent) });
    expect(readFileSync(join(rig.home, 'deep/er/file.bin')).equals(bytes)).toBe(true);
    // The server keeps checkpoints of its own.
    const visible = readdirSync(join(rig.home, 'deep/er')).filter((name) => !name.startsWith('.'));
    expect(visible).toEqual(['file.bin']);
    expect(seen.at(-1)).toBe(bytes.length);
    expect(seen.length).toBeGreaterThan(1);
    expect(Buffer.compare(await transport.get('deep/er/file.bin'), bytes)).toBe(0);
    await transport.put('deep/er/file.bin', new Uint8Array());
    expect((await transport.get('deep/er/file.bin')).length).toBe(0);
    await expect(transport.get('nowhere')).rejects.toThrow('lab: nowhere was not read: No such file');
  });

  test('an aborted put leaves the file as it was', async () => {
    writeFileSync(join(rig.home, 'model'), 'old');
    const controller = new AbortController();
    const putting = transport.put('model', randomBytes(8_000_000), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    });
    await expect(putting).rejects.toThrow('stop');
    expect(readFileSync(join(rig.home, 'model'), 'utf8')).toBe('old');
    expect(readdirSync(rig.home).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('what needs commands, and files that it does not show, are refused with the remedy', async () => {
    const remedy = /pip install ipykernel/;
    await expect(transport.exec(['true'])).rejects.toThrow(remedy);
    await expect(transport.put('.hidden/x', Buffer.from('x'))).rejects.toThrow(remedy);
    await expect(transport.get('/etc/hostname')).rejects.toThrow(remedy);
  });
});

/** The processes of the kernels of a server: it has no others. */
function kernelProcesses({ server }: JupyterRig): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, state = ''] = line.trim().split(/\s+/);
    return Number(parent) === server.pid && !state.startsWith('Z') ? [Number(pid)] : [];
  });
}

function killKernels(rig: JupyterRig): void {
  for (const pid of kernelProcesses(rig)) process.kill(pid, 'SIGKILL');
}
