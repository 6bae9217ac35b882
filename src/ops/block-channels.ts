import { blocksOf } from './block-shape.ts';
import type { ChannelRule } from './channel-rule.ts';
import { joinByKey } from './convolution-channels.ts';

/** All channels that become one channel's pixels go together. */
export const depthToSpaceChannels: ChannelRule = {
  trace(t) {
    const [batch, channels] = t.input(0);
    const { block } = blocksOf(t.node);
    if (!channels) {
      t.output([batch, undefined, undefined, undefined]);
      return;
    }
    const size = channels.length / block ** 2;
    const crd = t.node.string('mode', 'DCR') === 'CRD';
    const key = (index: number): number => (crd ? Math.floor(index / block ** 2) : index % size);
    joinByKey(t, [{ axis: channels, key }]);
    const first = Int32Array.from({ length: size }, (_, c) => channels[crd ? c * block ** 2 : c]!);
    t.output([batch, first, undefined, undefined]);
  },
};

/** Pixels of a block become channels: [block, block, channel]. */
export const spaceToDepthChannels: ChannelRule = {
  trace(t) {
    const [batch, channels] = t.input(0);
    const { block } = blocksOf(t.node);
    const copies = channels && Array.from({ length: block ** 2 }, () => [...channels]).flat();
    t.output([batch, copies && Int32Array.from(copies), undefined, undefined]);
  },
};
