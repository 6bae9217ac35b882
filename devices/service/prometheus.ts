import type { ModelState, ServiceState } from './service-state.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Family = readonly [name: string, type: 'gauge' | 'counter' | 'summary', help: string, samples: Sample[]];

/** The service's state in Prometheus' text format 0.0.4. */
export function prometheusText(state: ServiceState): string {
  const { models } = state;
  const plain = (value: number): Sample[] => [{ labels: {}, value }];
  const each = (of: (model: ModelState) => number): Sample[] =>
    models.map((model) => ({ labels: { model: model.name }, value: of(model) }));
  const families: Family[] = [
    ['edgebook_uptime_seconds', 'gauge', 'Since the service was started', plain(state.uptimeSeconds)],
    ['edgebook_restarts_total', 'counter', 'Starts after an unexpected end', plain(state.restarts)],
    ['edgebook_memory_bytes', 'gauge', 'Resident memory', plain(state.memoryBytes)],
    ['edgebook_model_loaded', 'gauge', '1 if the model is served', each(({ served }) => (served ? 1 : 0))],
    ['edgebook_requests_total', 'counter', 'Requests that were answered', each(({ requests }) => requests)],
    ['edgebook_errors_total', 'counter', 'Requests that were not', each(({ errors }) => errors)],
    ['edgebook_latency_seconds', 'summary', 'Of the last 1024 requests', models.flatMap(latencySamples)],
    [
      'edgebook_output_mean',
      'gauge',
      'Of the last samples',
      models.flatMap(outputSamples(({ now }) => now.mean)),
    ],
    [
      'edgebook_output_std',
      'gauge',
      'Of the last samples',
      models.flatMap(outputSamples(({ now }) => now.std)),
    ],
    [
      'edgebook_output_shift',
      'gauge',
      'Mean against the health check, in its standard deviations',
      models.flatMap(outputSamples(({ drift }) => drift?.shift)),
    ],
    [
      'edgebook_output_psi',
      'gauge',
      'Population stability index of the classes against the health check',
      models.flatMap(outputSamples(({ drift }) => drift?.psi)),
    ],
  ];
  return families.flatMap(linesOf).join('');
}

function linesOf([name, type, help, samples]: Family): string[] {
  if (samples.length === 0) return [];
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} ${type}\n`, ...lines];
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function latencySamples({ name, latency }: ModelState): Sample[] {
  if (!latency) return [];
  const quantiles = { '0.5': latency.p50, '0.9': latency.p90, '0.99': latency.p99 };
  return Object.entries(quantiles).map(([quantile, ms]) => ({
    labels: { model: name, quantile },
    value: ms / 1000,
  }));
}

const outputSamples =
  (of: (output: ModelState['outputs'][string]) => number | undefined) =>
  ({ name, outputs }: ModelState): Sample[] =>
    Object.entries(outputs).flatMap(([output, state]) => {
      const value = of(state);
      return value === undefined ? [] : [{ labels: { model: name, output }, value }];
    });
