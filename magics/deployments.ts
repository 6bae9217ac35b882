import { attachmentsOf } from '../devices/attachments.ts';
import { type Column, Report, type Row } from '../src/report.ts';
import { deploymentRows } from './deployment-rows.ts';
import { tryDeployments } from './deployment-try.ts';
import type { Magic } from './magic.ts';

const stateColumns: readonly Column[] = [
  { key: 'device', header: 'device' },
  { key: 'name', header: 'name' },
  { key: 'model', header: 'model' },
  { key: 'slot', header: 'slot' },
  { key: 'state', header: 'state', wrap: 40 },
  { key: 'uptime', header: 'up', unit: 's', decimals: 0 },
  { key: 'restarts', header: 'restarts' },
  { key: 'requests', header: 'requests' },
  { key: 'errors', header: 'errors' },
  { key: 'p50', header: 'p50', unit: 'ms', significant: 3 },
  { key: 'p99', header: 'p99', unit: 'ms', significant: 3 },
  { key: 'drift', header: 'outputs against the check', wrap: 30 },
  { key: 'before', header: '%rollback to' },
  { key: 'url', header: 'on the device' },
];

const tryColumns: readonly Column[] = [
  { key: 'device', header: 'device' },
  { key: 'name', header: 'name' },
  { key: 'sent', header: 'sent' },
  { key: 'answer', header: 'answer', wrap: 50 },
  { key: 'there', header: 'in the service', unit: 'ms', significant: 3 },
  { key: 'roundTrip', header: 'from here', unit: 'ms', significant: 3 },
  { key: 'model', header: 'sha256' },
];

export const deployments: Magic<Report> = {
  name: 'deployments',
  summary: 'List what is served on attached devices: state, requests, latency, drift of the outputs',
  positionals: [
    {
      name: 'device',
      summary: 'one of them, several with commas, or all (the default)',
      completes: 'device',
      choices: ['all'],
    },
  ],
  flags: [
    { name: 'try', kind: 'switch', summary: 'send one sample to each, and show what it answers' },
    {
      name: 'data',
      kind: 'string',
      completes: 'dataset',
      summary: 'of --try: the data set whose first test sample is sent; default: random numbers',
    },
  ],
  examples: ['%deployments', '%deployments jetson', '%deployments jetson --try --data mnist'],
  result: 'Report',
  async run({ positionals: [names = 'all'], flags }, context) {
    const devices = attachmentsOf(context.folder).named(names);
    const data = flags.data as string | undefined;
    const parts = await Promise.all(
      devices.map((device) =>
        flags.try ? tryDeployments(device, { data, context }) : deploymentRows(device, context),
      ),
    );
    return reportOf(parts.flat(), Boolean(flags.try));
  },
};

function reportOf(rows: readonly Row[], isTry: boolean): Report {
  const count = rows.filter(({ name }) => name !== undefined).length;
  const plural = count === 1 ? 'deployment' : 'deployments';
  const drifted = rows.filter(({ drift }) => String(drift).includes('DRIFT'));
  return new Report({
    title: isTry ? `One sample to ${count} ${plural}` : `${count} ${plural}`,
    columns: isTry ? tryColumns : stateColumns,
    rows,
    warnings: drifted.map(
      ({ device, name }) =>
        `${device}: the outputs of '${name}' are no longer those of its health check: look at what it is fed with`,
    ),
  });
}
