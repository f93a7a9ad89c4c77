#!/usr/bin/env python3
"""Blurs a background as MediaPipe's own example does, and says what a frame costs.

    mediapipe_blur.py NETWORK.tflite PICTURE.png...

MediaPipe's image segmenter makes the matte, OpenCV blurs the frame and lays the person over it. All on
one core, with the network given. Prints a line for each picture: its size, a tab, and the median time
of a frame in milliseconds.
"""

import os
import statistics
import sys
import time

import cv2
import flatbuffers
import mediapipe
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as schema
from mediapipe.tasks.python import BaseOptions, vision

# A frame is measured so often, after so many that are not.
FRAMES, WARM_UP = 20, 3


def describe(path):
    """The network with the metadata that MediaPipe wants: RGB from 0 to 1 goes in."""
    normalization = metadata_schema.NormalizationOptionsT()
    normalization.mean, normalization.std = [0.0], [255.0]
    unit = metadata_schema.ProcessUnitT()
    unit.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    unit.options = normalization
    picture, answer = metadata_schema.TensorMetadataT(), metadata_schema.TensorMetadataT()
    picture.processUnits = [unit]
    graph = metadata_schema.SubGraphMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata = [picture], [answer]
    about = metadata_schema.ModelMetadataT()
    about.subgraphMetadata = [graph]
    buffer = schema.BufferT()
    buffer.data = list(packed(about, b"M001"))
    with open(path, "rb") as file:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file.read(), 0))
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
    model.metadata = [*(model.metadata or []), entry]
    model.buffers.append(buffer)
    return bytes(packed(model, b"TFL3"))


def packed(table, identifier):
    builder = flatbuffers.Builder(0)
    builder.Finish(table.Pack(builder), identifier)
    return builder.Output()


def blur(segmenter, frame, milliseconds):
    image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame)
    matte = segmenter.segment_for_video(image, milliseconds).confidence_masks[0].numpy_view()
    matte = np.ascontiguousarray(matte.reshape(frame.shape[:2]))
    blurred = cv2.GaussianBlur(frame, (55, 55), 0)
    return cv2.blendLinear(frame, blurred, matte, 1 - matte)


def measure(network, path):
    frame = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_buffer=network),
        running_mode=vision.RunningMode.VIDEO,
        output_confidence_masks=True,
        output_category_mask=False,
    )
    times = []
    with vision.ImageSegmenter.create_from_options(options) as segmenter:
        for number in range(WARM_UP + FRAMES):
            begun = time.perf_counter()
            blur(segmenter, frame, number * 33)
            times.append(time.perf_counter() - begun)
    height, width = frame.shape[:2]
    print(f"{width}x{height}\t{statistics.median(times[WARM_UP:]) * 1000:.3f}", flush=True)


def main(network, *pictures):
    # Threads that are started later stay on this core as well.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    network = describe(network)
    for picture in pictures:
        measure(network, picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
