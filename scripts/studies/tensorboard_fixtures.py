"""Writes the event file that the tests of misa-studies read.

    python scripts/studies/tensorboard_fixtures.py crates/misa-studies/tests/it/data

Written with TensorBoard 2.21. The time of its first event differs each time.
"""

import glob
import os
import shutil
import sys
import tempfile

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.summary.writer.event_file_writer import EventFileWriter

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        writer = EventFileWriter(folder)
        steps = {
            300: [Summary.Value(tag="a/b", simple_value=0.25)],
            -1: [Summary.Value(tag="é", simple_value=-1.5), Summary.Value(tag="z", simple_value=0.0)],
            7: [Summary.Value(tag="tensor", tensor=TensorProto(dtype=1, float_val=[1.0, 2.0]))],
        }
        for step, values in steps.items():
            writer.add_event(Event(wall_time=1.5, step=step, summary=Summary(value=values)))
        writer.close()
        (file,) = glob.glob(os.path.join(folder, "*tfevents*"))
        shutil.copy(file, os.path.join(sys.argv[1], "tensorboard_2_21.tfevents"))
