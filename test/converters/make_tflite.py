"""Makes the fixtures in test/fixtures/tflite; needs TensorFlow (written with tensorflow-cpu 2.21.0): make_tflite.py FOLDER.

Two small Keras networks with random weights, converted in each way that TensorFlow's converter knows.
"""

import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

layers = keras.layers
tf.random.set_seed(1)
np.random.seed(1)


def mixed():
    """Convolutions of all kinds, pooling, a skip connection, a resize; softmax at the end."""
    image = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(image)
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.ReLU(6.0)(x)
    x = layers.Add()([x, layers.Conv2D(8, 1, padding="same")(x)])
    x = layers.Concatenate()([layers.AveragePooling2D(2)(x), layers.MaxPooling2D(2)(x)])
    x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(12, 3, activation="relu")(x)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def dense():
    """A picture that is flattened between a convolution and matrices."""
    image = keras.Input((8, 8, 4))
    x = layers.Conv2D(6, 3, activation="tanh")(image)
    x = layers.Dense(16, activation="sigmoid")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(4)(x))


def convert(model, kind):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "fp16":
        converter.target_spec.supported_types = [tf.float16]
    if "int" in kind:
        shape = (1, *model.input_shape[1:])
        converter.representative_dataset = lambda: ([np.random.uniform(-1, 1, shape).astype(np.float32)] for _ in range(64))
        ops = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
        if kind == "int16":
            ops = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [ops]
    if kind in ("int8", "uint8-io"):
        ends = tf.int8 if kind == "int8" else tf.uint8
        converter.inference_input_type = ends
        converter.inference_output_type = ends
    return converter.convert()


networks = {
    "mixed": (mixed(), ["fp16", "dynamic", "int8", "uint8-io", "int16"]),
    "dense": (dense(), ["float", "dynamic", "int8"]),
}
for name, (model, kinds) in networks.items():
    for weight in model.weights:
        if "bias" in weight.name:
            weight.assign(np.random.uniform(-0.3, 0.3, weight.shape))
    for kind in kinds:
        with open(os.path.join(sys.argv[1], f"{name}-{kind}.tflite"), "wb") as file:
            file.write(convert(model, kind))
