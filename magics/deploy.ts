import type { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { checkOnDevice } from '../devices/deploy/check-on-device.ts';
import {
  type DeployReport,
  defaultName,
  deploymentRoot,
  deploy as deployTo,
  type Health,
  servingTarget,
  targetNotes,
} from '../devices/deploy/index.ts';
import { type Facts, probe } from '../devices/probe/index.ts';
import { DeviceError, ModelError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { targetOf } from '../src/targets/index.ts';
import { engineNotes } from './deploy-engine.ts';
import { deployFlags } from './deploy-flags.ts';
import { limitsOf } from './deploy-limits.ts';
import { type ChosenSamples, samplesOf } from './deploy-samples.ts';
import { serveDeployed } from './deploy-service.ts';
import { deviceOptions } from './device-options.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { variantOf } from './resolve.ts';

export const deploy: Magic<DeployReport> = {
  name: 'deploy',
  summary: 'Serve a model on a device: sent, checked there, then switched to in one step',
  positionals: [
    { name: 'device', summary: 'an attached device', required: true, completes: 'device' },
    { name: 'model', summary: 'a model', required: true, completes: 'model' },
  ],
  flags: deployFlags,
  examples: [
    '%deploy jetson q',
    '%deploy jetson q --data mnist --max-drop 0.5%',
    '%deploy pi q --name digits',
  ],
  result: 'Report',
  async run(line, context) {
    const [deviceName = '', modelName = ''] = line.positionals;
    const device = attachmentsOf(context.folder).get(deviceName);
    const name = String(line.flags.name ?? defaultName);
    const root = deploymentRoot(name);
    const variant = await variantOf(modelName, context);
    const chosen = await samplesOf(variant, line, context);
    const { facts, notes } = await rulesOf(device, variant, { line, context });
    const agent = await device.opened.agent(deviceOptions(context));
    notes.push(...chosen.notes);
    const report = await deployVariant({ device, agent, variant, root, chosen, facts, notes, line, context });
    const service = await serveDeployed({ device, agent, context }, { name, report });
    return report.withNotes([...notes, ...service]);
  },
};

/** Throws UsageError where the target of the device's processor, or that of `--target`, refuses the model. */
async function rulesOf(
  { opened }: AttachedDevice,
  variant: Variant,
  { line, context }: { readonly line: ParsedLine; readonly context: Context },
): Promise<{ readonly facts: Facts; readonly notes: string[] }> {
  const wanted = line.flags.target as string | undefined;
  const { facts, profile } = await probe(opened.transport, { signal: context.signal });
  const serving = wanted
    ? { target: targetOf(wanted), why: '--target says so' }
    : servingTarget(facts, profile);
  const notes = targetNotes(variant, serving);
  context.print(
    `${opened.transport.name}: '${variant.name}' was held against the rules of ${serving.target.name} (${serving.why})\n`,
  );
  return { facts, notes };
}

interface Job {
  readonly device: AttachedDevice;
  /** The agent's command there. */
  readonly agent: readonly string[];
  readonly variant: Variant;
  readonly root: string;
  readonly chosen: ChosenSamples;
  readonly facts: Facts;
  /** What the reader must know is added. */
  readonly notes: string[];
  readonly line: ParsedLine;
  readonly context: Context;
}

async function deployVariant(job: Job): Promise<DeployReport> {
  const { device, variant, root, context } = job;
  const { transport } = device.opened;
  const check = checkOf(job);
  const bar = context.progress(`deploy ${variant.name} to ${device.name}`);
  try {
    const report = await deployTo(transport, variant.content(), {
      ...{ name: variant.name, root, signal: context.signal },
      onProgress: ({ done, total }) => bar.update({ done, total, message: `${kilobytes(done, total)} sent` }),
      check: async (path) => {
        const { facts, line, notes } = job;
        if (!line.flags['no-engine'])
          notes.push(...(await engineNotes({ transport, variant, file: path, facts, context })));
        bar.update({ done: 1, total: 1, message: `sha256 checked; running ${job.chosen.samples.of} there` });
        return check(path);
      },
    });
    bar.done(report.title);
    return report;
  } catch (error) {
    bar.done(context.signal.aborted ? 'interrupted: what was served before still is' : 'not deployed');
    throw error;
  }
}

/** The health check; a model that does not run there is a sick one. */
function checkOf({ device, agent, variant, chosen, line, context }: Job): (path: string) => Promise<Health> {
  const { samples } = chosen;
  const limits = limitsOf(line.flags, samples.labels !== undefined);
  const content = variant.content();
  const { id: sha256 } = variant;
  const { signal } = context;
  return async (path) => {
    try {
      const options = { content, sha256, agent, samples, limits, signal };
      return await checkOnDevice(device.opened.transport, path, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DeviceError || error instanceof ModelError)) throw error;
      return { isHealthy: false, told: error.message };
    }
  };
}

const kilobytes = (done: number, total: number): string =>
  `${(done / 1e3).toFixed(1)} of ${(total / 1e3).toFixed(1)} kB`;
