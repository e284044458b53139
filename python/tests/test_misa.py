"""The module `misa` against the program `misa`: predictions, and what documents it.

MISA=path/to/misa python -m unittest discover python/tests
"""

import io
import json
import os
import pathlib
import sys
import threading
import unittest
import warnings
from contextlib import redirect_stdout

import misa
import numpy
import stored
from numpy.testing import assert_allclose, assert_array_equal
from support import CLOSE, SENTENCES, TWO_CLASSES, Case, program, train


class Predicting(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = train(cls.work / "run", "--set", "data.synthetic.train=80")
        cls.model = misa.load(cls.folder)

    def clips(self, count, seed=0):
        """Random clips of the sizes of the model, some without a modality."""
        random = numpy.random.default_rng(seed)
        made = []
        for number in range(count):
            clip = {"id": f"clip {number}", "text": SENTENCES[number % 4]}
            for name in ["visual", "acoustic"]:
                clip[name] = random.normal(size=(random.integers(1, 30), self.model.sizes[name]))
            if number % 5 > 1:
                del clip[["text", "visual", "acoustic"][number % 3]]
            made.append(clip)
        return made

    def test_facts_are_those_of_the_run(self):
        for folder in [self.folder / "checkpoint", str(self.folder)]:
            self.assertEqual(misa.load(folder).id, self.model.id)
        self.assertEqual(self.model.modalities, ("text", "visual", "acoustic"))
        self.assertEqual((self.model.task, self.model.classes, self.model.text), ("regression", None, "words"))
        self.assertEqual(set(self.model.sizes), {"text", "visual", "acoustic"})
        self.assertFalse(self.model.reads_videos)

    def test_sentences_are_predicted_as_by_the_program(self):
        given = [part for sentence in SENTENCES for part in ("--text", sentence)]
        document = json.loads(program("predict", self.folder, *given, "--json"))
        answers = self.model.predict(SENTENCES)
        self.assertEqual(document["model"]["id"], answers.model)
        rows = document["predictions"]
        assert_allclose(answers.values, [row["prediction"] for row in rows], rtol=0, atol=CLOSE)
        self.assertEqual(list(answers.intervals), [interval["level"] for interval in rows[0]["intervals"]])
        for place, row in enumerate(rows):
            for interval in row["intervals"]:
                ends = answers.intervals[interval["level"]][place]
                assert_allclose(ends, [interval["low"], interval["high"]], rtol=0, atol=CLOSE)
        self.assertEqual(answers.modalities, [("text",)] * 4)
        self.assertIsNone(answers.probabilities)
        self.assertRegex(answers.notes[0], "outside the vocabulary")

    def test_arrays_are_predicted_as_by_the_program(self):
        clips = self.clips(70)
        plain = {numpy.ndarray: lambda values: values.astype(numpy.float32).tolist()}
        lines = [json.dumps(clip, default=lambda values: plain[type(values)](values)) for clip in clips]
        found = program("predict", self.folder, "--data", "-", text="\n".join(lines) + "\n")
        found = [json.loads(line) for line in found.splitlines()]
        answers = self.model.predict(clips)
        self.assertEqual(answers.ids, [row["id"] for row in found])
        self.assertEqual([list(names) for names in answers.modalities], [row["modalities"] for row in found])
        assert_allclose(answers.values, [row["value"] for row in found], rtol=0, atol=CLOSE)
        for level in answers.intervals:
            ends = [[i for i in row["intervals"] if i["level"] == level][0] for row in found]
            ends = [[interval["low"], interval["high"]] for interval in ends]
            assert_allclose(answers.intervals[level], ends, rtol=0, atol=CLOSE)

    def test_a_clip_alone_is_predicted_as_beside_others(self):
        clips = self.clips(20)
        together = self.model.predict(clips).values
        alone = [self.model.predict(clip).values[0] for clip in clips]
        assert_array_equal(together, alone)

    def test_numbers_of_any_type_and_order_are_read(self):
        clip = self.clips(1)[0]
        rows = numpy.round(clip["visual"] * 8)
        given = [rows, *(rows.astype(kind) for kind in ("f4", "i2", ">f8"))]
        given += [numpy.asfortranarray(rows), rows.tolist()]
        answers = self.model.predict([{"visual": rows} for rows in given])
        self.assertEqual(len(set(answers.values.tolist())), 1)

    def test_text_may_be_words_or_ids(self):
        vocabulary = json.loads((self.folder / "checkpoint" / "vocabulary.json").read_text())
        ids = [vocabulary.index(word) for word in SENTENCES[0].split()]
        words = SENTENCES[0].split()
        given = [words, tuple(words), numpy.array(words), ids, numpy.array(ids)]
        answers = self.model.predict([SENTENCES[0], *({"text": text} for text in given)])
        self.assertEqual(len(set(answers.values.tolist())), 1)

    def test_modalities_can_be_left_out(self):
        clip = self.clips(1)[0]
        heard = {"acoustic": clip["acoustic"]}
        for names in ["acoustic", ["acoustic"]]:
            answers = self.model.predict(clip, modalities=names)
            self.assertEqual(answers.values, self.model.predict(heard).values)
        nothing = {"text": None, "visual": None, "acoustic": clip["acoustic"]}
        self.assertEqual(self.model.predict(nothing).values, self.model.predict(heard).values)

    def test_no_clips_have_no_predictions(self):
        answers = self.model.predict([])
        self.assertEqual((len(answers), answers.values.shape, answers.intervals), (0, (0,), {}))

    def test_any_iterable_of_clips_is_read(self):
        answers = self.model.predict(sentence for sentence in SENTENCES)
        assert_array_equal(answers.values, self.model.predict(SENTENCES).values)

    def test_what_the_model_cannot_read_is_refused(self):
        d = self.model.sizes["visual"]
        rows = numpy.zeros((3, d))
        bad = rows.copy()
        bad[1, 2] = numpy.nan
        huge = rows.copy()
        huge[0, 0] = numpy.inf
        for clip, part in [
            ({"visual": bad}, "expected finite numbers, found NaN in step 1, feature 2"),
            ({"visual": huge}, "expected finite numbers, found inf"),
            ({"visual": numpy.zeros((3, d + 1))}, f"expected {d} features per step, found {d + 1} features"),
            ({"visual": numpy.zeros(d)}, "expected an array [steps, d_input], found shape"),
            ({"visual": numpy.zeros((0, d))}, "expected at least one step"),
            ({"visual": numpy.zeros((3, 0))}, "expected at least one step"),
            ({"visual": numpy.zeros((10_001, 1))}, "expected at most 10000 steps, found 10001"),
            ({"visual": numpy.zeros((9_000, 200))}, "expected at most 1048576 numbers"),
            ({"visual": [["a"]]}, "expected numbers, found the type"),
            ({"visual": [[1.0], [1.0, 2.0]]}, "expected"),
            ({"visual": object()}, "expected"),
            ({"visual": numpy.ma.masked_equal(rows, 0.0)}, "expected numbers, found masked ones"),
            ({"visual": [[1j]]}, "expected numbers, found the type"),
            ({"vision": rows}, "expected the keys id, text, words, visual and acoustic"),
            ({3: rows}, "a key that is no text"),
            ({"id": 3, "text": "a"}, "expected a text"),
            ({}, "found a clip with none of them"),
            ({"text": ""}, "expected at least one word, found none"),
            ({"text": []}, "expected"),
            ({"text": ["a", " "]}, "expected a word"),
            ({"text": "a" * (1 << 15)}, "expected at most 16384 bytes of text"),
            ({"text": [-1]}, "expected word ids from 0 to 4294967295, found -1"),
            ({"text": [1 << 20]}, "expected word ids below"),
            ({"text": rows}, "found vectors"),
            ({"text": "a", "words": ["b"]}, "expected vectors as text"),
        ]:
            with self.subTest(part):
                self.refuses(part, self.model.predict, [clip])
        self.refuses("clips[1]", self.model.predict, ["a", {"visual": rows[0]}])
        self.refuses("clip 1 (\"b\")", self.model.predict, ["a", {"id": "b", "visual": bad}])
        self.refuses("expected a sentence, a dictionary or an utterance, found int", self.model.predict, 3)
        self.refuses("clips[0]", self.model.predict, [None])
        self.refuses("a text in Unicode", self.model.predict, "\ud800")
        self.refuses("names of modalities", self.model.predict, "a", modalities=3)
        self.refuses("touch", self.model.predict, "a", modalities=["touch"])

    def test_numbers_beyond_32_bits_are_refused_whatever_numpy_does_with_them(self):
        rows = numpy.zeros((3, self.model.sizes["visual"]))
        rows[0, 0] = 1e300
        part = "expected finite numbers, found inf in step 0, feature 0"
        for rule in ["ignore", "warn", "raise"]:
            with numpy.errstate(all=rule), warnings.catch_warnings():
                warnings.simplefilter("error")
                self.refuses(part, self.model.predict, {"visual": rows})
                self.assertEqual(numpy.geterr()["over"], rule)

    def test_folders_that_are_no_models_are_refused(self):
        self.refuses("config.json: No such file", misa.load, self.work / "nothing")
        self.refuses("expected flex", misa.load, self.folder, device="abacus")
        broken = self.work / "broken"
        broken.mkdir()
        (broken / "config.json").write_text("{")
        self.refuses("config.json", misa.load, broken)

    def test_other_threads_run_during_a_prediction(self):
        """The counter is read beside the call, in the thread that predicts: it would stand still otherwise."""
        clips = [" ".join(SENTENCES * 10)] * 3000
        count, seen, is_done = [0], [], threading.Event()

        def work():
            self.model.predict(clips)
            seen.append(count[0])
            self.model.predict(clips)
            seen.append(count[0])
            is_done.set()

        # A thread that holds the lock keeps it for as long as it computes.
        before = sys.getswitchinterval()
        sys.setswitchinterval(10.0)
        self.addCleanup(sys.setswitchinterval, before)
        thread = threading.Thread(target=work)
        thread.start()
        while not is_done.wait(0.0005):
            count[0] += 1
        thread.join()
        self.assertGreater(seen[1], seen[0] + 20)

    def test_threads_share_a_model(self):
        clips = self.clips(40)
        expected = self.model.predict(clips).values
        found = [None] * 4

        def work(place):
            found[place] = self.model.predict(clips).values

        threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for values in found:
            assert_array_equal(values, expected)

    def test_a_panic_is_an_exception(self):
        self.refuses("fault of misa, please report it: asked for", misa._panic)


class Classifying(Case):
    def test_classes_have_probabilities(self):
        run = train(self.work / "run", "--set", "data.synthetic.train=60", "--set", TWO_CLASSES)
        model = misa.load(run)
        self.assertEqual((model.task, model.classes), ("classification", 2))
        answers = model.predict(SENTENCES)
        given = [part for sentence in SENTENCES for part in ("--text", sentence)]
        rows = json.loads(program("predict", run, *given, "--json"))["predictions"]
        assert_array_equal(answers.values, [row["prediction"] for row in rows])
        assert_allclose(answers.probabilities, [row["probabilities"] for row in rows], rtol=0, atol=CLOSE)
        self.assertEqual(answers.intervals, {})


class Documents(Case):
    def test_the_notebook_runs_from_top_to_bottom(self):
        notebook = json.loads((stored.ROOT / "python" / "notebook.ipynb").read_text())
        before = os.getcwd()
        os.chdir(self.work)
        self.addCleanup(os.chdir, before)
        names, printed = {"__name__": "__main__"}, io.StringIO()
        with redirect_stdout(printed):
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), names)
        self.assertIn("mae", printed.getvalue())

    def test_everything_public_is_described_and_typed(self):
        stub = (pathlib.Path(misa.__file__).parent / "__init__.pyi").read_text()
        self.assertTrue((pathlib.Path(misa.__file__).parent / "py.typed").exists())
        for name in misa.__all__:
            if name.startswith("_"):
                continue
            self.assertIn(name, stub)
            self.assertTrue(getattr(misa, name).__doc__, name)

    def test_the_version_is_that_of_the_program(self):
        self.assertIn(misa.__version__, program("--version"))


if __name__ == "__main__":
    unittest.main()
