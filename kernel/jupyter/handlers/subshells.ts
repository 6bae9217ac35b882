import type { Handler } from '../handler.ts';

export const createSubshell: Handler = {
  request: 'create_subshell_request',
  reply: 'create_subshell_reply',
  control: true,
  handle: (_request, { shells }) => ({ status: 'ok', subshell_id: shells.create() }),
};

export const deleteSubshell: Handler = {
  request: 'delete_subshell_request',
  reply: 'delete_subshell_reply',
  control: true,
  async handle({ content }, { shells }) {
    await shells.delete(content.subshell_id);
    return { status: 'ok' };
  },
};

export const listSubshell: Handler = {
  request: 'list_subshell_request',
  reply: 'list_subshell_reply',
  control: true,
  handle: (_request, { shells }) => ({ status: 'ok', subshell_id: shells.list() }),
};
