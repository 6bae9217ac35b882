import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecOptions, ExecResult, PutOptions, Spawned, Transport } from '../../../devices/device.ts';
import { DeviceError } from '../../../src/errors.ts';

/** A device in a folder whose power can be cut: all that runs is killed, and everything after that fails. */
export class CrashingDevice implements Transport {
  readonly name = 'board';
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-test-')));
  /** Commands and files so far. */
  steps = 0;
  /** Bytes of files that have come. */
  received = 0;
  /** Its kernel stays up, so nothing has to reach the disk: the qemu rig cuts a real one's power. */
  readonly #bin = join(this.home, 'bin');
  #isOn = true;
  readonly #running = new Set<() => void>();
  #cut: { readonly step: number; readonly delay: number } | undefined;

  constructor() {
    mkdirSync(this.#bin);
    symlinkSync('/bin/true', join(this.#bin, 'sync'));
  }

  cutPower(): void {
    this.#isOn = false;
    for (const kill of this.#running) kill();
  }

  /** Cuts the power at a step from now on, so many ms after it has begun. */
  cutAt(step: number, delay: number): void {
    this.#cut = { step: this.steps + step, delay };
  }

  turnOn(): void {
    this.#isOn = true;
    this.#cut = undefined;
  }

  async exec(argv: readonly string[], { stdin, timeoutMs }: ExecOptions = {}): Promise<ExecResult> {
    this.#step();
    const [command = '', ...args] = argv;
    const env = { ...process.env, HOME: this.home, PATH: `${this.#bin}:${process.env.PATH}` };
    const child = spawn(command, args, { env, detached: true });
    const kill = (): void => void process.kill(-child.pid!, 'SIGKILL');
    this.#running.add(kill);
    const cut =
      this.#cut?.step === this.steps ? setTimeout(() => this.cutPower(), this.#cut.delay) : undefined;
    const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
    const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (part: Buffer) => parts[name].push(part));
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const code = await new Promise<number>((resolve) =>
      child.on('close', (status) => resolve(status ?? 137)),
    );
    clearTimeout(timer);
    clearTimeout(cut);
    this.#running.delete(kill);
    if (!this.#isOn) throw this.#gone();
    return { code, stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
  }

  async put(path: string, bytes: Uint8Array, { onProgress }: PutOptions = {}): Promise<void> {
    this.#step();
    const target = join(this.home, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.part`, bytes);
    renameSync(`${target}.part`, target);
    this.received += bytes.length;
    onProgress?.(bytes.length, bytes.length);
    if (this.#cut?.step === this.steps) this.cutPower();
  }

  get(path: string): Promise<Uint8Array> {
    this.#step();
    return readFile(join(this.home, path));
  }

  spawn(): Spawned {
    throw new Error('Deployments run no streams');
  }

  async close(): Promise<void> {}

  #step(): void {
    if (!this.#isOn) throw this.#gone();
    this.steps++;
  }

  #gone(): DeviceError {
    return new DeviceError('board: the connection was lost', { device: 'board' });
  }
}
