"""Data sets against those that the program `misa` writes, and stored values."""

import json
import os
import pickle
import unittest

import misa
import numpy
import stored
from numpy.testing import assert_allclose, assert_array_equal
from support import CLOSE, Case, program, train

try:
    import _testcapi
except ImportError:
    _testcapi = None


class Opening(Case):
    def splits(self, data):
        return {"train": data.train, "valid": data.valid, "test": data.open_test()}

    def same_as_converted(self, path, *options, **more):
        """The data set has what `misa data convert` writes."""
        written = self.work / "converted.safetensors"
        program("data", "convert", path, written, *options)
        expected = stored.tensors(written)
        for data in [misa.open(path, **more), misa.open(written)]:
            for name, split in self.splits(data).items():
                assert_array_equal(split.labels, expected[f"{name}.label"])
                self.assertEqual(split.ids, stored.texts(expected[f"{name}.id"], expected[f"{name}.id.ends"]))
                words = stored.texts(expected[f"{name}.words"], expected[f"{name}.words.ends"])
                self.assertEqual([word for utterance in split for word in utterance.words], words)
                for modality in ["text", "visual", "acoustic"]:
                    steps = expected[f"{name}.{modality}.steps"]
                    found = [getattr(utterance, modality) for utterance in split]
                    for array, rows in zip(found, stored.parts(expected[f"{name}.{modality}"], steps)):
                        assert_array_equal(array, rows)
                        self.assertEqual(array.dtype, rows.dtype)
        written.unlink()
        return data

    def test_word_ids_are_read_as_converted(self):
        folder = stored.write_pickles(self.work / "official")
        data = self.same_as_converted(folder)
        self.assertEqual(data.text, "words")
        self.assertEqual(data.vocabulary[:2], ["<unk>", "<pad>"])
        utterance = data.train[0]
        self.assertEqual([data.vocabulary[i] for i in utterance.text], utterance.words)

    def test_vectors_are_read_as_converted(self):
        path = stored.GOLDEN / "data" / "mmsa" / "aligned_mosi.np2_p4.pkl"
        data = self.same_as_converted(path, "--policy", "compat", policy="compat")
        self.assertEqual((data.text, data.vocabulary), ("vectors", None))
        self.assertRegex(misa.open(path, policy="compat").notes[0], "non-finite acoustic value replaced")

    def test_values_are_those_of_the_official_code(self):
        data = misa.open(stored.write_pickles(self.work / "values"))
        expected = stored.tensors(stored.GOLDEN / "data" / "misa_mosi_f32" / "expected.safetensors")
        for name, split in zip(["train", "dev", "test"], self.splits(data).values()):
            for place, utterance in enumerate(split):
                assert_array_equal(utterance.text, expected[f"{name}.{place}.words"])
                assert_array_equal(utterance.visual, expected[f"{name}.{place}.visual"])
                assert_array_equal(utterance.acoustic, expected[f"{name}.{place}.acoustic"])
                self.assertEqual(utterance.label, expected[f"{name}.{place}.label"][0, 0])
        self.assertEqual(data.counts, {"train": 5, "valid": 2, "test": 2})

    def test_the_test_split_is_locked_until_it_is_opened(self):
        data = misa.open(stored.write_pickles(self.work / "locked"))
        self.assertFalse(hasattr(data, "test"))
        self.assertFalse(data.test_is_open)
        test = data.open_test()
        self.assertTrue(data.test_is_open)
        self.assertIs(data.open_test(), test)
        self.assertEqual((test.name, len(test)), ("test", 2))

    @unittest.skipUnless(_testcapi, "this Python does not run out of memory on request")
    def test_a_call_that_fails_leaves_the_test_split_locked(self):
        data = misa.open(stored.write_pickles(self.work / "failed"))
        failed = False
        _testcapi.set_nomemory(0, 1)
        try:
            data.open_test()
        except BaseException:  # A panic about the memory is no Exception.
            failed = True
        finally:
            _testcapi.remove_mem_hooks()
        self.assertTrue(failed)
        self.assertFalse(data.test_is_open)
        self.assertEqual(len(data.open_test()), 2)

    def test_arrays_are_views_that_cannot_be_written(self):
        data = misa.open(stored.write_pickles(self.work / "views"))
        first = data.train[0]
        for name in ["text", "visual", "acoustic"]:
            array = getattr(first, name)
            self.assertIs(array, getattr(first, name))
            self.assertFalse(array.flags.writeable or array.flags.owndata)
            with self.assertRaises(ValueError):
                array[0] = 1
        kept = first.visual
        del data, first
        self.assertTrue(numpy.isfinite(kept).all())

    def test_a_split_is_a_sequence(self):
        split = misa.open(stored.write_pickles(self.work / "sequence")).train
        self.assertIs(split[-1], split[len(split) - 1])
        self.assertEqual([utterance.id for utterance in split[1:3]], split.ids[1:3])
        with self.assertRaises(IndexError):
            split[len(split)]
        self.assertIn(split[0], split)

    def test_utterances_are_predicted_as_by_the_program(self):
        folder = stored.write_pickles(self.work / "predicted")
        run = train(self.work / "run", "--data", folder)
        other = self.work / "other.safetensors"
        program("data", "convert", folder, other)
        rows = json.loads(program("predict", run, "--data", other, "--json"))["predictions"]
        data = misa.open(folder)
        model = misa.load(run)
        answers = [model.predict(split) for split in (data.train, data.valid)]
        values = numpy.concatenate([answer.values for answer in answers])
        self.assertEqual(sum((answer.ids for answer in answers), []), [row["id"] for row in rows])
        assert_allclose(values, [row["prediction"] for row in rows], rtol=0, atol=CLOSE)
        self.assertEqual(model.predict(data.train[0]).values, answers[0].values[0])

    def test_nothing_in_a_pickle_is_executed(self):
        mark = self.work / "executed"

        class Code:
            def __reduce__(self):
                return (os.mkdir, (str(mark),))

        harmful = self.work / "harmful.pkl"
        harmful.write_bytes(pickle.dumps({"train": Code()}))
        self.refuses("harmful.pkl", misa.open, harmful)
        self.assertFalse(mark.exists())
        for path in sorted((stored.GOLDEN / "data" / "hostile").glob("*.pkl")):
            with self.subTest(path.name):
                self.refuses(path.name, misa.open, path)

    def test_what_is_no_data_set_is_refused(self):
        self.refuses("no such file", misa.open, self.work / "nothing")
        self.refuses("policy \"lax\", expected strict or compat", misa.open, self.work, policy="lax")
        self.refuses("format \"xyz\", expected", misa.open, self.work, format="xyz")
        self.refuses("middle", misa.open, self.work, padding="middle")
        path = stored.GOLDEN / "data" / "mmsa" / "aligned_mosi.np2_p4.pkl"
        self.refuses("infinite acoustic", misa.open, path)


if __name__ == "__main__":
    unittest.main()
