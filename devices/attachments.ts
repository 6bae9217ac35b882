import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { AttachedDevice } from './attached-device.ts';
import { local } from './local.ts';
import { attachmentsPath, remembered } from './remembered.ts';

/** The devices of a notebook's folder, remembered in `.edgebook/devices.json`: names and URLs, no secrets. */
export class Attachments {
  readonly #path: string;
  readonly #devices = new Map<string, AttachedDevice>();
  /** This machine, once it was asked for. */
  #here: AttachedDevice | undefined;

  /** Throws UsageError if what is remembered cannot be read. */
  constructor(folder: string) {
    this.#path = attachmentsPath(folder);
    for (const { name, url } of remembered(folder)) this.#devices.set(name, new AttachedDevice(name, url));
  }

  /** All that were attached; this machine is not among them unless it was. */
  list(): readonly AttachedDevice[] {
    return [...this.#devices.values()];
  }

  /** The device of a name; `local` is always there. Throws UsageError. */
  get(name: string): AttachedDevice {
    const known = this.#devices.get(name);
    if (known) return known;
    if (name !== local) throw UsageError.unknown('device', name, [...this.#devices.keys(), local]);
    this.#here ??= new AttachedDevice(local, 'local:');
    return this.#here;
  }

  /** The devices of `jetson,pi` or `all`. Throws UsageError. */
  named(names: string): readonly AttachedDevice[] {
    if (names === 'all' && this.#devices.size === 0)
      throw new UsageError('No device is attached. Attach one: %attach NAME ssh://user@host');
    if (names === 'all') return this.list();
    const words = names.split(',').map((name) => name.trim());
    return [...new Set(words.filter((name) => name !== ''))].map((name) => this.get(name));
  }

  async add(device: AttachedDevice): Promise<void> {
    await this.#devices.get(device.name)?.close();
    this.#devices.set(device.name, device);
    await this.#remember();
  }

  async remove(device: AttachedDevice): Promise<void> {
    this.#devices.delete(device.name);
    if (this.#here === device) this.#here = undefined;
    await Promise.all([device.close(), this.#remember()]);
  }

  async #remember(): Promise<void> {
    const devices = this.list().map(({ name, url }) => ({ name, url }));
    const part = `${this.#path}.${process.pid}`;
    await mkdir(dirname(this.#path), { recursive: true });
    await writeFile(part, `${JSON.stringify({ version: 1, devices }, undefined, 2)}\n`);
    await rename(part, this.#path);
  }
}

const ofFolders = new Map<string, Attachments>();

/** The attachments of a folder, kept for the process. */
export function attachmentsOf(folder: string): Attachments {
  const known = ofFolders.get(folder) ?? new Attachments(folder);
  ofFolders.set(folder, known);
  return known;
}
