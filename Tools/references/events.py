#!/usr/bin/env python3
"""events.py OUT_DIR: a run's numbers in a file for TensorBoard, as TensorBoard's own library writes them.

Needs: pip install tensorboard. Writes events.bin, which the Swift tests compare with byte for byte, and
reads it again as the web page does.
"""
import os
import shutil
import sys
import tempfile
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

SCALARS = {
    "train/loss": 1.5, "train/learning_rate": 0.25, "train/scale": 10, "train/gradient_norm": 0.75,
    "speed/pictures_per_second": 64, "speed/captions_per_second": 128, "speed/data_wait": 0.125,
    "train/false_negatives": 0.0625, "speed/flops": 1.5e9, "train/contrastive": 1.25, "loss/en": 2.5,
    "loss/ko": 3.5, "recall_at_10/ko": 0.5,
}
out = sys.argv[1] + "/events.bin"
with open(out, "wb") as file:
    writer = RecordWriter(file)
    # proto3 leaves a wall time of 0 out; ours is written, which means the same.
    writer.write(b"\x09" + bytes(8) + Event(file_version="brain.Event:2").SerializeToString())
    for step in (1, 300):
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in SCALARS.items()]
        event = Event(wall_time=3, step=step, summary=Summary(value=values))
        writer.write(event.SerializeToString(deterministic=True))

with tempfile.TemporaryDirectory() as folder:
    shutil.copy(out, os.path.join(folder, "events.out.tfevents.0000000000.pictoglot"))
    accumulator = EventAccumulator(folder)
    accumulator.Reload()
    for tag, value in SCALARS.items():
        assert [(e.wall_time, e.step, e.value) for e in accumulator.Scalars(tag)] == [(3, 1, value), (3, 300, value)], tag
    assert set(accumulator.Tags()["scalars"]) == set(SCALARS)
print(open(out, "rb").read(12 + 24 + 4).hex(" "))
