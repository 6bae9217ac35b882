import { type Comm, comms } from '../engine/comms.ts';
import { removeBuffers } from './buffers.ts';

type FullState = () => Record<string, unknown>;

const models = new Map<Comm, FullState>();

/** Makes a widget's model known to pages that are opened later: they ask for all of them at once. */
export function listForReloads(comm: Comm, state: FullState): void {
  comms.register('jupyter.widget.control', answer);
  for (const known of models.keys()) if (!known.isOpen) models.delete(known);
  models.set(comm, state);
  comm.on('close', () => models.delete(comm));
}

function answer(control: Comm): void {
  control.on('message', ({ data }) => {
    if (data.method !== 'request_states') return;
    const open = [...models].filter(([comm]) => comm.isOpen);
    const all = Object.fromEntries(open.map(([comm, state]) => [comm.id, describe(state())]));
    const { state: states, buffer_paths, buffers } = removeBuffers(all);
    control.send({ method: 'update_states', states, buffer_paths }, { buffers });
  });
}

const describe = (state: Record<string, unknown>) => ({
  model_name: state._model_name,
  model_module: state._model_module,
  model_module_version: state._model_module_version,
  state,
});
