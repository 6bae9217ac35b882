/**
 * The other side of the value box in an Edgebook kernel, as a cell. Values are packed as for an agent; the models among
 * them come as bytes of their own.
 */
export const typescriptValues = `{
  const key = Symbol.for('edgebook.values');
  const own = (globalThis as any)[key] ??= { boxes: new Map(), load: async (name: string) => {
    const entry = import.meta.resolve('edgebook');
    return import(new URL('../devices/agent/' + name + entry.slice(entry.lastIndexOf('.')), entry).href);
  } };
  const { boxes } = own;
  (globalThis as any).comms.register('edgebook-values', (comm: any) => {
    boxes.clear();
    let unacknowledged = 0;
    let moved = () => {};
    const send = async (id: number) => {
      const bytes = boxes.get(id) ?? new Uint8Array();
      boxes.delete(id);
      for (let at = 0; at < bytes.length; at += 1 << 20) {
        const part = bytes.slice(at, at + (1 << 20));
        unacknowledged += part.length;
        comm.send({ op: 'part', id }, { buffers: [part] });
        while (unacknowledged > 4 << 20 && comm.isOpen) await new Promise<void>((resolve) => { moved = resolve; });
      }
      comm.send({ op: 'sent', id });
    };
    comm.on('message', ({ data, buffers }: any) => {
      if (data.op === 'part') {
        const part = Uint8Array.from(buffers[0]);
        boxes.set(data.id, [...(boxes.get(data.id) ?? []), part]);
        comm.send({ op: 'taken', id: data.id, bytes: part.length });
      } else if (data.op === 'ack') {
        unacknowledged -= data.bytes;
        moved();
      } else if (data.op === 'fetch') void send(data.id);
    });
    comm.on('close', () => moved());
    comm.send({ op: 'ready' });
  });
  own.bytes = (id: number) => {
    const parts = boxes.get(id) ?? [];
    boxes.delete(id);
    return new Uint8Array(Buffer.concat(parts));
  };
  own.take = async (id: number, models: Record<string, number>) => {
    const { unpackValue } = await own.load('values');
    return unpackValue(own.bytes(id), async (hash: string) => own.bytes(models[hash]!));
  };
  own.give = async (id: number, value: unknown) => {
    const { packValue } = await own.load('values');
    const { bytes, models } = packValue(value, 'the value');
    const list = [bytes, ...[...models].map(([, content]) => content)];
    const head = Buffer.from(JSON.stringify({ hashes: [...models.keys()], lengths: list.map((part: Uint8Array) => part.length) }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(head.length));
    boxes.set(id, new Uint8Array(Buffer.concat([length, head, ...list])));
  };
}
undefined`;
