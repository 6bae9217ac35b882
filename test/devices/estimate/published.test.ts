import { describe, expect, test } from 'vitest';
import { estimate, type Work, workOf } from '../../../devices/estimate/index.ts';
import { type Precision, profileOf } from '../../../devices/profiles/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

interface Published {
  readonly device: string;
  readonly net: keyof typeof nets;
  readonly precision: Precision;
  /** Milliseconds of one run. */
  readonly ms: number;
  readonly source: string;
}

const net = (
  name: string,
  size: [channels: number, side: number],
  options: { classes: number; width?: number },
) => {
  const [channels, side] = size;
  return () => workOf(architecture(name, { sample: [channels, side, side], ...options }));
};

const nets = {
  'MobileNetV1 224': net('mobilenetv1', [3, 224], { classes: 1000 }),
  'MobileNetV2 224': net('mobilenetv2', [3, 224], { classes: 1000 }),
  'EfficientNet-Lite0 224': net('efficientnet_lite0', [3, 224], { classes: 1000 }),
  'MobileNetV1 0.25 224': net('mobilenetv1', [3, 224], { classes: 5, width: 0.25 }),
  'MobileNetV1 0.5 224': net('mobilenetv1', [3, 224], { classes: 5, width: 0.5 }),
  'MobileNetV1 0.25 96 gray': net('mobilenetv1', [1, 96], { classes: 5, width: 0.25 }),
  'person detection 96 gray': net('mobilenetv1', [1, 96], { classes: 2, width: 0.25 }),
};

const coral = 'https://coral.ai/docs/edgetpu/benchmarks/ (Dev Board; desktop with USB Accelerator)';
const coralBlog = 'https://www.x2q.net/post/google-coral-edge-tpu-experiments-2026/ (i9-13900K, Python)';
const nano =
  'https://github.com/freedomtan/jetson-nano-tf-trt ("should be around 17 ms", both nets, float16)';
const ncnn = 'https://github.com/Tencent/ncnn benchmark/README.md (BCM2711 at 1.5 GHz, 4 threads, 2021)';
const openCv =
  'https://github.com/opencv/opencv_zoo benchmark/README.md (OpenCV 4.7, with its preprocessing)';
const qengineering =
  'https://github.com/Qengineering/TensorFlow_Lite_Classification_RPi_64-bits (38.5 and 45.5 FPS, at 1.95 GHz)';
// The page says "Raspberry Pi"; Arm's published results of the same runtime are of a Raspberry Pi 5.
const arm =
  'https://learn.arm.com/courses/executorch-on-arm/optimize-image-classification/evaluate-int8-mobilenetv2/bring-the-runtime-paths-into-one-view/';
const hailo =
  'https://github.com/hailo-ai/hailo_model_zoo docs/public_models/HAILO8/HAILO8_classification.rst (images a second, batch 1)';
const paddle =
  'https://paddlepaddle.org.cn/inference/guides/benchmark/benchmark_gpu.html (T4, TensorRT 8.0, batch 1)';
const st =
  'https://github.com/STMicroelectronics/stm32ai-modelzoo image_classification/mobilenetv1/README.md (STM32H747I-DISCO at 400 MHz)';
const espressif =
  'https://github.com/espressif/esp-tflite-micro README.md (ESP-NN, 240 MHz, internal memory)';

const published: readonly Published[] = [
  { device: 'coral-dev-board', net: 'MobileNetV1 224', precision: 'int8', ms: 2.4, source: coral },
  { device: 'coral-dev-board', net: 'MobileNetV2 224', precision: 'int8', ms: 2.6, source: coral },
  { device: 'coral-usb', net: 'MobileNetV1 224', precision: 'int8', ms: 2.4, source: coral },
  { device: 'coral-usb', net: 'MobileNetV2 224', precision: 'int8', ms: 2.6, source: coral },
  { device: 'coral-usb', net: 'MobileNetV1 224', precision: 'int8', ms: 3.9, source: coralBlog },
  { device: 'jetson-nano', net: 'MobileNetV1 224', precision: 'float16', ms: 17, source: nano },
  { device: 'jetson-nano', net: 'MobileNetV2 224', precision: 'float16', ms: 17, source: nano },
  { device: 'raspberry-pi-4', net: 'MobileNetV1 224', precision: 'float32', ms: 86.01, source: ncnn },
  { device: 'raspberry-pi-4', net: 'MobileNetV2 224', precision: 'float32', ms: 75.84, source: ncnn },
  { device: 'raspberry-pi-4', net: 'MobileNetV1 224', precision: 'float32', ms: 72.33, source: openCv },
  { device: 'raspberry-pi-4', net: 'MobileNetV2 224', precision: 'float32', ms: 66.56, source: openCv },
  {
    device: 'raspberry-pi-4',
    net: 'MobileNetV1 224',
    precision: 'int8',
    ms: 1000 / 38.5,
    source: qengineering,
  },
  {
    device: 'raspberry-pi-4',
    net: 'MobileNetV2 224',
    precision: 'int8',
    ms: 1000 / 45.5,
    source: qengineering,
  },
  { device: 'raspberry-pi-5', net: 'MobileNetV2 224', precision: 'float32', ms: 10.89, source: arm },
  { device: 'raspberry-pi-5', net: 'MobileNetV2 224', precision: 'int8', ms: 4.01, source: arm },
  { device: 'hailo-8', net: 'MobileNetV1 224', precision: 'int8', ms: 1000 / 3489, source: hailo },
  { device: 'hailo-8', net: 'MobileNetV2 224', precision: 'int8', ms: 1000 / 2434, source: hailo },
  { device: 'hailo-8', net: 'EfficientNet-Lite0 224', precision: 'int8', ms: 1000 / 1731, source: hailo },
  { device: 'hpe-edgeline-t4', net: 'MobileNetV1 224', precision: 'float16', ms: 0.4925, source: paddle },
  { device: 'hpe-edgeline-t4', net: 'MobileNetV2 224', precision: 'float16', ms: 0.5926, source: paddle },
  { device: 'hpe-edgeline-t4', net: 'MobileNetV1 224', precision: 'float32', ms: 0.8737, source: paddle },
  { device: 'hpe-edgeline-t4', net: 'MobileNetV2 224', precision: 'float32', ms: 1.1125, source: paddle },
  { device: 'portenta-h7', net: 'MobileNetV1 0.25 224', precision: 'int8', ms: 163.78, source: st },
  { device: 'portenta-h7', net: 'MobileNetV1 0.5 224', precision: 'int8', ms: 485.79, source: st },
  { device: 'portenta-h7', net: 'MobileNetV1 0.25 96 gray', precision: 'int8', ms: 28.34, source: st },
  { device: 'portenta-h7', net: 'MobileNetV1 224', precision: 'int8', ms: 1641.84, source: st },
  { device: 'esp32-s3', net: 'person detection 96 gray', precision: 'int8', ms: 54, source: espressif },
];

const works = new Map<string, Work>();
const workFor = (name: keyof typeof nets): Work => {
  const known = works.get(name) ?? nets[name]();
  works.set(name, known);
  return known;
};

describe('published measurements lie in the estimated ranges', () => {
  test.each(published)('$net in $precision on $device: $ms ms, $source', ({ device, net, precision, ms }) => {
    const { latency, precision: used } = estimate(workFor(net), profileOf(device), { precision });
    expect(used).toBe(precision);
    expect(latency!.min).toBeLessThan(ms);
    // A range that holds everything would say nothing.
    expect(latency!.max / ms).toBeGreaterThan(1.5);
    expect(latency!.max / ms).toBeLessThan(7);
    expect(ms / latency!.min).toBeLessThan(30);
  });
});

/** KiB of activations and weights that STM32Cube.AI 10.0 reports for the STM32H7, in int8 (stm32ai-modelzoo, as above). */
const memory = [
  { net: 'MobileNetV1 0.25 224', activations: 272.96, weights: 214.69 },
  { net: 'MobileNetV1 0.5 224', activations: 449.58, weights: 812.61 },
  { net: 'MobileNetV1 0.25 96 gray', activations: 52.8, weights: 214.55 },
] as const;

test.each(memory)(
  'memory of $net is near to what a compiler for microcontrollers needs',
  ({ net, ...kib }) => {
    const { fit } = estimate(workFor(net), profileOf('portenta-h7'), { precision: 'int8' });
    expect(fit!.weights / 1024 / kib.weights).toBeGreaterThan(0.95);
    expect(fit!.weights / 1024 / kib.weights).toBeLessThan(1.05);
    // It computes some depthwise layers in place, which the estimate does not.
    expect(fit!.activations / 1024 / kib.activations).toBeGreaterThan(0.95);
    expect(fit!.activations / 1024 / kib.activations).toBeLessThan(1.35);
  },
);
