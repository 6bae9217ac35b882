import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as getInClear, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
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
  /** Of the server: http or https, with its path. */
  readonly url: string;
  /** Of its certificate, where it is a secure one. */
  readonly certificate: string | undefined;
  readonly token: string;
  readonly server: ChildProcess;
  /** Starts it again where it was, after its process has ended. */
  restart(): Promise<void>;
  close(): void;
}

export interface JupyterRigOptions {
  /** The kernels that it offers; the first is its default. */
  readonly kernels?: readonly ('python3' | 'edgebook')[];
  /** Where its pages begin: those of a hub's users do not begin at the root. */
  readonly base?: string;
  /** Whether it speaks TLS, by a certificate that it has signed itself. */
  readonly isSecure?: boolean;
}

export async function startJupyter(options: JupyterRigOptions = {}): Promise<JupyterRig> {
  const { kernels = ['python3'], base = '/', isSecure = false } = options;
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-jupyter-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  if (kernels.includes('edgebook')) await installKernelSpec({ kind: 'prefix', folder });
  const [port, token] = [await freePort(), randomBytes(16).toString('hex')];
  const certificate = isSecure ? certify(folder) : undefined;
  writeFileSync(join(folder, 'config.py'), config(home, { port, kernels, base, certificate }));
  const url = `http${isSecure ? 's' : ''}://127.0.0.1:${port}${base}`;
  const env = { ...environment(folder, home), JUPYTER_TOKEN: token };
  const start = () =>
    spawn(jupyterPython.path, ['-m', 'jupyter_server', '--config', join(folder, 'config.py')], {
      ...{ env, cwd: home, stdio: 'ignore', detached: true },
    });
  let server = start();
  await answers(url, server);
  return {
    ...{ home, port, url, certificate, token },
    get server() {
      return server;
    },
    restart: async () => {
      server = start();
      await answers(url, server);
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

/** A certificate for 127.0.0.1, signed by itself, its key in the same file. */
function certify(folder: string): string {
  const file = join(folder, 'certificate.pem');
  const names = ['-subj', '/CN=edgebook', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const argv = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', file, '-out', '-'];
  appendFileSync(file, execFileSync('openssl', [...argv, ...names], { stdio: ['ignore', 'pipe', 'ignore'] }));
  return file;
}

interface Config extends Required<Pick<JupyterRigOptions, 'kernels' | 'base'>> {
  readonly port: number;
  readonly certificate: string | undefined;
}

const config = (home: string, o: Config): string => `
c.ServerApp.ip = '127.0.0.1'
c.ServerApp.port = ${o.port}
c.ServerApp.port_retries = 0
c.ServerApp.base_url = ${JSON.stringify(o.base)}
c.ServerApp.certfile = ${JSON.stringify(o.certificate ?? '')}
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = ${JSON.stringify(home)}
c.ServerApp.jpserver_extensions = {}
c.KernelSpecManager.allowed_kernelspecs = set(${JSON.stringify(o.kernels)})
c.KernelSpecManager.ensure_native_kernel = ${o.kernels.includes('python3') ? 'True' : 'False'}
c.MultiKernelManager.default_kernel_name = ${JSON.stringify(o.kernels[0])}
`;

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (server.exitCode !== null) throw new Error(`The Jupyter server has ended: ${server.exitCode}`);
    if (await isUp(`${url}api`)) return;
    await sleep(100);
  }
  throw new Error('The Jupyter server does not answer');
}

/** Whose certificate it is does not matter here. */
const isUp = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = url.startsWith('https') ? get : getInClear;
    const answered = ({ statusCode }: IncomingMessage) => resolve(statusCode === 200);
    request(url, { rejectUnauthorized: false, agent: false }, answered)
      .on('error', () => resolve(false))
      .end();
  });

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
