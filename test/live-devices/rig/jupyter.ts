import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installKernelSpec } from '../../../kernel/jupyter/install.ts';
import { python } from '../../support/requirement.ts';

export const jupyterPython = python('EDGEBOOK_PYTHON', ['jupyter_server', 'ipykernel', 'numpy']);

/** A real Jupyter server with a home folder of its own, which is also its root. */
export interface JupyterRig {
  readonly home: string;
  readonly port: number;
  readonly token: string;
  readonly server: ChildProcess;
  /** Starts it again where it was, after its process has ended. */
  restart(): Promise<void>;
  close(): void;
}

export interface JupyterRigOptions {
  /** The kernels that it offers; the first is its default. */
  readonly kernels?: readonly ('python3' | 'edgebook')[];
}

export async function startJupyter({ kernels = ['python3'] }: JupyterRigOptions = {}): Promise<JupyterRig> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-jupyter-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  if (kernels.includes('edgebook')) await installKernelSpec({ kind: 'prefix', folder });
  const [port, token] = [await freePort(), randomBytes(16).toString('hex')];
  writeFileSync(join(folder, 'config.py'), config(home, { port, kernels }));
  const env = { ...environment(folder, home), JUPYTER_TOKEN: token };
  const start = () =>
    spawn(jupyterPython.path, ['-m', 'jupyter_server', '--config', join(folder, 'config.py')], {
      ...{ env, cwd: home, stdio: 'ignore', detached: true },
    });
  let server = start();
  await answers(port, server);
  return {
    ...{ home, port, token },
    get server() {
      return server;
    },
    restart: async () => {
      server = start();
      await answers(port, server);
    },
    close: () => {
      killGroup(server);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** None of the user's own files, and what the system's Python has of kernels only if it is wanted. */
const environment = (folder: string, home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: home,
  JUPYTER_PATH: join(folder, 'share', 'jupyter'),
  JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
  JUPYTER_CONFIG_DIR: join(folder, 'config'),
  IPYTHONDIR: join(folder, 'ipython'),
  EDGEBOOK_HISTORY: ':memory:',
});

const config = (home: string, o: { port: number; kernels: readonly string[] }): string => `
c.ServerApp.ip = '127.0.0.1'
c.ServerApp.port = ${o.port}
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = ${JSON.stringify(home)}
c.ServerApp.jpserver_extensions = {}
c.KernelSpecManager.allowed_kernelspecs = set(${JSON.stringify(o.kernels)})
c.KernelSpecManager.ensure_native_kernel = ${o.kernels.includes('python3') ? 'True' : 'False'}
c.MultiKernelManager.default_kernel_name = ${JSON.stringify(o.kernels[0])}
`;

async function answers(port: number, server: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (server.exitCode !== null) throw new Error(`The Jupyter server has ended: ${server.exitCode}`);
    const response = await fetch(`http://127.0.0.1:${port}/api`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error('The Jupyter server does not answer');
}

/** The server's process and nothing else: its kernels see for themselves that it is gone. */
export function killServer({ server }: JupyterRig): Promise<void> {
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGKILL');
  return ended;
}

function killGroup({ pid, exitCode }: ChildProcess): void {
  if (exitCode !== null || pid === undefined || !existsSync(`/proc/${pid}`)) return;
  try {
    // SIGTERM lets it end its kernels, which have groups of their own.
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended at this moment.
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
