"""What the tests share: the program, tiny runs, and what is refused."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import misa

PROGRAM = os.environ["MISA"]
CLOSE = 1e-6
SETTINGS = ["training.d_hidden=16", "training.d_embedding=8", "training.epochs=2"]
TWO_CLASSES = "training.loss.task={classification={classes=2}}"
SENTENCES = ["baba caba daba", "What fun that was!", "faba, gaba", "No."]


def program(*arguments, text=None):
    """What the program prints."""
    command = [PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stderr}")
    return done.stdout


def train(folder, *more):
    """A run of a few seconds."""
    settings = [part for setting in SETTINGS for part in ("--set", setting)]
    program("train", "--out", folder, *settings, *more)
    return folder


class Case(unittest.TestCase):
    """A folder for each class, and the text of what is refused."""

    @classmethod
    def setUpClass(cls):
        work = tempfile.TemporaryDirectory()
        cls.addClassCleanup(work.cleanup)
        cls.work = pathlib.Path(work.name)

    def refuses(self, part, action, *arguments, **options):
        """`action` raises MisaError, whose message has `part`."""
        with self.assertRaises(misa.MisaError) as caught:
            action(*arguments, **options)
        self.assertIsInstance(caught.exception, ValueError)
        self.assertIn(part, str(caught.exception))
