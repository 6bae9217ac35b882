import type { EfficiencyClass } from '../profiles/index.ts';

/** What is left of an engine's peak in a bad case. */
export interface Efficiency {
  /** Part of the peak in convolutions and matrix products. */
  readonly dense: number;
  /** The same in depthwise and grouped convolutions, which use few of an engine's multipliers at once. */
  readonly grouped: number;
  /** Part of the memory's bandwidth. */
  readonly bandwidth: number;
  /** Seconds for each layer beside its work: launching it, handing tensors over. */
  readonly perLayer: number;
  /** Published measurements that these are below, with what each reached of the peak. */
  readonly evidence: readonly string[];
}

/**
 * The slow end of an estimate: chosen so that it is 1.5 to 7 times as slow as every published measurement, since other
 * networks and runtimes do worse than those. The test of `published.test.ts` holds the measurements and these bounds.
 */
export const efficiencies: Readonly<Record<EfficiencyClass, Efficiency>> = {
  cpu: {
    dense: 0.1,
    grouped: 0.02,
    bandwidth: 0.3,
    perLayer: 20e-6,
    evidence: [
      'Raspberry Pi 4, float32, ncnn: MobileNetV1 86 ms (23 %), V2 76 ms (14 %)',
      'Raspberry Pi 4, int8, LiteRT: MobileNetV1 26 ms (38 %), V2 22 ms (24 %)',
      'Raspberry Pi, ExecuTorch: MobileNetV2 10.9 ms in float32 (36 % of a Pi 5), 4 ms in int8 (24 %)',
    ],
  },
  gpu: {
    dense: 0.06,
    grouped: 0.01,
    bandwidth: 0.4,
    perLayer: 10e-6,
    evidence: [
      'Jetson Nano, float16, TF-TRT: MobileNetV1 17 ms (14 %)',
      'NVIDIA T4, TensorRT: MobileNetV1 0.49 ms in float16 (3.6 %, launches and memory included), 0.87 ms in float32 (16 %)',
    ],
  },
  npu: {
    dense: 0.08,
    grouped: 0.003,
    bandwidth: 0.5,
    perLayer: 10e-6,
    evidence: [
      'Coral Edge TPU: MobileNetV1 2.4 ms (12 %), V2 2.6 ms (6 %)',
      'Hailo-8: MobileNetV1 3489 (15 %), V2 2434 (6 %), EfficientNet-Lite0 1731 images a second (5 %)',
    ],
  },
  microcontroller: {
    dense: 0.15,
    grouped: 0.08,
    bandwidth: 0.5,
    perLayer: 20e-6,
    evidence: ['STM32H747 at 400 MHz, STM32Cube.AI: MobileNetV1 0.25 at 224 x 224, 164 ms (31 %)'],
  },
  'microcontroller-simd': {
    dense: 0.02,
    grouped: 0.01,
    bandwidth: 0.5,
    perLayer: 20e-6,
    evidence: ['ESP32-S3, ESP-NN: person detection (MobileNetV1 0.25 at 96 x 96), 54 ms (3.5 %)'],
  },
};
