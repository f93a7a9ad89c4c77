#!/usr/bin/env python3
"""Writes a segmentation network's TFLite file as ONNX, operator by operator.

    tflite_to_onnx.py NETWORK.tflite NETWORK.onnx

Same arithmetic, so that ONNX Runtime can be measured with the same network. TFLite keeps tensors as
height x width x channels (NHWC), ONNX computes with channels first (NCHW): the picture is transposed
once at the input and the answer once at the output.
"""

import sys

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

NUMPY_TYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}

# MediaPipe's own: a 2x2 transposed convolution with stride 2 and a bias.
TRANSPOSE_CONVOLUTION = b"Convolution2DTransposeBias"


class Converter:
    """One graph on its way from one format to the other."""

    def __init__(self, model):
        self.model = model
        self.graph = model.Subgraphs(0)
        self.nodes = []
        self.initializers = []
        # TFLite tensor to the name of the ONNX value that holds it.
        self.values = {}
        # Half-precision weights are dequantized once, here.
        self.constants = {}

    def shape(self, tensor):
        return [int(size) for size in self.graph.Tensors(tensor).ShapeAsNumpy()]

    def constant(self, tensor):
        """The tensor's values as 32-bit floats; None when they are computed."""
        if tensor in self.constants:
            return self.constants[tensor]
        about = self.graph.Tensors(tensor)
        data = self.model.Buffers(about.Buffer()).DataAsNumpy()
        if isinstance(data, int):
            return None
        values = data.view(NUMPY_TYPES[about.Type()]).reshape(self.shape(tensor))
        return values.astype(np.float32)

    def store(self, name, values):
        values = np.ascontiguousarray(values)
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def value(self, tensor):
        """The name of a tensor's value; a constant is stored, channels first."""
        if tensor not in self.values:
            values = self.constant(tensor)
            if values.ndim == 4:
                values = values.transpose(0, 3, 1, 2)
            self.values[tensor] = self.store(f"constant_{tensor}", values)
        return self.values[tensor]

    def emit(self, fused, kind, inputs, output, **attributes):
        """Adds a node and the activation that TFLite fused into it."""
        if fused == tflite.ActivationFunctionType.NONE:
            return self.node(kind, inputs, output, **attributes)
        activation = {tflite.ActivationFunctionType.RELU: "Relu"}[fused]
        inner = self.node(kind, inputs, f"{output}_sum", **attributes)
        return self.node(activation, [inner], output)

    def convolution(self, operator, inputs, output, depthwise):
        options = tflite.DepthwiseConv2DOptions() if depthwise else tflite.Conv2DOptions()
        init(options, operator)
        padding = {tflite.Padding.SAME: "SAME_UPPER", tflite.Padding.VALID: "VALID"}
        weights = self.constant(inputs[1])
        # [1, row, column, channel] or [output, row, column, input] to [output, input, row, column].
        weights = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
        self.emit(
            options.FusedActivationFunction(),
            "Conv",
            [
                self.value(inputs[0]),
                self.store(f"{output}_weights", weights),
                self.store(f"{output}_bias", self.constant(inputs[2])),
            ],
            output,
            kernel_shape=list(weights.shape[2:]),
            strides=[options.StrideH(), options.StrideW()],
            auto_pad=padding[options.Padding()],
            group=weights.shape[0] if depthwise else 1,
        )

    def transposed_convolution(self, inputs, output):
        weights = self.constant(inputs[1]).transpose(3, 0, 1, 2)
        self.node(
            "ConvTranspose",
            [
                self.value(inputs[0]),
                self.store(f"{output}_weights", weights),
                self.store(f"{output}_bias", self.constant(inputs[2])),
            ],
            output,
            kernel_shape=[2, 2],
            strides=[2, 2],
        )

    def resize(self, operator, inputs, output):
        options = init(tflite.ResizeBilinearOptions(), operator)
        if options.AlignCorners() or not options.HalfPixelCenters():
            raise ValueError("a resize without half-pixel centers")
        _, height, width, _ = self.shape(inputs[0])
        rows, columns = [int(size) for size in self.constant(inputs[1])]
        scales = np.array([1, 1, rows / height, columns / width], np.float32)
        self.node(
            "Resize",
            [self.value(inputs[0]), "", self.store(f"{output}_scales", scales)],
            output,
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    def pool(self, operator, inputs, output):
        options = init(tflite.Pool2DOptions(), operator)
        if [options.FilterHeight(), options.FilterWidth()] != self.shape(inputs[0])[1:3]:
            raise ValueError("a pool that is not global")
        self.node("GlobalAveragePool", [self.value(inputs[0])], output)

    def mean(self, operator, inputs, output):
        options = init(tflite.ReducerOptions(), operator)
        axes = sorted(int(axis) for axis in self.constant(inputs[1]).ravel())
        if axes != [1, 2] or not options.KeepDims():
            raise ValueError("a mean that is not over rows and columns")
        self.node("GlobalAveragePool", [self.value(inputs[0])], output)

    def elementwise(self, operator, options, kind, inputs, output):
        fused = init(options, operator).FusedActivationFunction()
        self.emit(fused, kind, [self.value(tensor) for tensor in inputs], output)

    def convert(self, operator):
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        inputs = [int(tensor) for tensor in operator.InputsAsNumpy()]
        result = int(operator.OutputsAsNumpy()[0])
        builtin = tflite.BuiltinOperator
        if kind == builtin.DEQUANTIZE:
            self.constants[result] = self.constant(inputs[0])
            return
        output = self.values[result] = f"value_{result}"
        unary = {builtin.RELU: "Relu", builtin.HARD_SWISH: "HardSwish", builtin.LOGISTIC: "Sigmoid"}
        if kind in unary:
            self.node(unary[kind], [self.value(inputs[0])], output)
        elif kind in (builtin.CONV_2D, builtin.DEPTHWISE_CONV_2D):
            self.convolution(operator, inputs, output, kind == builtin.DEPTHWISE_CONV_2D)
        elif kind == builtin.ADD:
            self.elementwise(operator, tflite.AddOptions(), "Add", inputs, output)
        elif kind == builtin.MUL:
            self.elementwise(operator, tflite.MulOptions(), "Mul", inputs, output)
        elif kind == builtin.AVERAGE_POOL_2D:
            self.pool(operator, inputs, output)
        elif kind == builtin.MEAN:
            self.mean(operator, inputs, output)
        elif kind == builtin.RESIZE_BILINEAR:
            self.resize(operator, inputs, output)
        elif kind == builtin.CUSTOM and code.CustomCode() == TRANSPOSE_CONVOLUTION:
            self.transposed_convolution(inputs, output)
        else:
            raise ValueError(f"operator {kind} is not known")

    def run(self):
        picture, answer = int(self.graph.Inputs(0)), int(self.graph.Outputs(0))
        self.values[picture] = self.node("Transpose", ["input"], "picture", perm=[0, 3, 1, 2])
        for index in range(self.graph.OperatorsLength()):
            self.convert(self.graph.Operators(index))
        self.node("Transpose", [self.value(answer)], "output", perm=[0, 2, 3, 1])
        described = [
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, self.shape(tensor))]
            for name, tensor in (("input", picture), ("output", answer))
        ]
        graph = helper.make_graph(self.nodes, "segmentation", *described, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model


def init(options, operator):
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options


def main(source, target):
    with open(source, "rb") as file:
        model = tflite.Model.GetRootAsModel(file.read(), 0)
    onnx.save(Converter(model).run(), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
