"""Scores and alignment against the program `misa`, and stored values."""

import csv
import json
import unittest

import misa
import numpy
import stored
from numpy.testing import assert_allclose, assert_array_equal
from support import CLOSE, Case, program, train


class Scoring(Case):
    def test_scores_are_those_of_the_program(self):
        run = train(self.work / "run", "--set", "data.synthetic.train=80")
        report = json.loads(program("evaluate", run, "--split", "test", "--json"))["runs"][0]
        rows = list(csv.DictReader((run / "predictions-test.csv").read_text().splitlines()))
        y, y_hat = ([float(row[name]) for row in rows] for name in ("target", "prediction"))
        found = misa.score(y, numpy.array(y_hat))
        self.assertEqual(set(found), set(report["scores"]))
        for key, value in found.items():
            self.assertAlmostEqual(value, report["scores"][key], delta=CLOSE)

    def test_scores_are_those_of_the_stored_metrics(self):
        """MMSA rounds to four decimals."""
        names = {"Has0_acc_2": "acc_2_neg_non_neg", "Has0_F1_score": "f1_neg_non_neg", "Mult_acc_5": "acc_5"}
        names |= {"Non0_acc_2": "acc_2_neg_pos", "Non0_F1_score": "f1_neg_pos", "Mult_acc_7": "acc_7"}
        names |= {"MAE": "mae", "Corr": "corr"}
        cases = json.loads((stored.GOLDEN / "metrics" / "metrics.json").read_text())["regression"]
        of_sims = {"Mult_acc_2": "acc_2_sims", "F1_score": "f1_sims"}
        of_sims |= {"Mult_acc_3": "acc_3_sims", "Mult_acc_5": "acc_5_sims"}
        compared = {"mmsa_mosi": 0, "mmsa_sims": 0}
        for case in cases.values():
            found = misa.score(case["y_true"], case["y_pred"])
            for source, names_of_source in (("mmsa_mosi", names), ("mmsa_sims", of_sims)):
                for name, key in names_of_source.items():
                    if found.get(key) is not None and name in case.get(source, {}):
                        self.assertAlmostEqual(found[key], case[source][name], delta=5.1e-5)
                        compared[source] += 1
        self.assertGreater(compared["mmsa_mosi"], 60)
        self.assertGreaterEqual(compared["mmsa_sims"], 4)

    def test_classes_are_scored_by_index_or_by_the_largest_number(self):
        y = [0, 1, 2, 1]
        rows = numpy.eye(3)[[0, 2, 2, 1]]
        expected = {"acc": 0.75, "f1": (1.0 * 1 + 2 / 3 * 2 + 2 / 3 * 1) / 4}
        for y_hat in [[0, 2, 2, 1], rows]:
            found = misa.score(y, y_hat, task="classification")
            self.assertEqual(set(found), set(expected))
            for key, value in expected.items():
                self.assertAlmostEqual(found[key], value)

    def test_what_is_not_defined_is_none(self):
        found = misa.score([1.0, 2.0], [0.5, 0.5])
        self.assertIsNone(found["corr"])
        self.assertIsNone(found["acc_2_neg_pos"])
        self.assertEqual(found["mae"], 1.0)
        self.assertEqual(set(misa.score([], []).values()), {None})

    def test_what_cannot_be_scored_is_refused(self):
        self.refuses("y: expected finite numbers, found NaN at number 1", misa.score, [0.0, numpy.nan], [0.0, 0.0])
        self.refuses("y_hat: expected finite numbers, found inf", misa.score, [0.0], [numpy.inf])
        self.refuses("y_hat: expected a prediction for each of 2 labels", misa.score, [0.0, 1.0], [0.0])
        self.refuses("y: expected an array [utterances]", misa.score, [[0.0]], [[0.0]])
        self.refuses("task: expected regression or classification", misa.score, [0.0], [0.0], task="guess")
        self.refuses("y: expected numbers", misa.score, ["a"], [0.0])


class Aligning(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = stored.GOLDEN / "align"
        cls.tensors = stored.tensors(folder / "align.safetensors")
        cls.cases = json.loads((folder / "align.json").read_text())

    def sequences(self, case, name):
        """The rows of each id of a sequence of the SDK, its parts in their order."""
        entry = self.cases["sdk"][case]["input"][name]
        at = f"sdk.{case}.in.{name}"
        found = {}
        arrays = [stored.parts(self.tensors[f"{at}.{kind}"], entry["rows"]) for kind in ("intervals", "features")]
        for key, *part in zip(entry["keys"], *arrays):
            before = found.setdefault(key.split("[")[0], part)
            if before is not part:
                found[key.split("[")[0]] = [numpy.concatenate(both) for both in zip(before, part)]
        return found

    def test_means_of_the_sdk_are_its_own(self):
        for case, description in self.cases["sdk"].items():
            words, *others = (self.sequences(case, name) for name in ("words", "visual", "acoustic"))
            ids = [id for id in words if all(id in other for other in others)]
            # The SDK removes `x10` as well, whose name begins like that of another.
            ids = [id for id in ids if (case, id) != ("unify_prefix", "x10")]
            for name, sequence in zip(("visual", "acoustic"), others):
                entry = description["expected"]["align"][name]
                at = f"sdk.{case}.align.{name}"
                stored_rows = zip(self.tensors[f"{at}.intervals"], self.tensors[f"{at}.features"])
                expected = dict(zip(entry["keys"], stored_rows))
                found = {}
                for id in ids:
                    times, features = sequence[id]
                    aligned = misa.align(words[id][0], features, times, method="sdk")
                    rows = zip(aligned.words, aligned.kinds, aligned.times, aligned.features)
                    found.update({f"{id}[{word}]": row for word, kind, *row in rows if kind == 0})
                    absent = aligned.features[aligned.kinds == 2]
                    assert_array_equal(absent, numpy.zeros_like(absent))
                self.assertEqual(set(found), set(expected))
                for key, (times, features) in found.items():
                    assert_allclose(times, expected[key][0], rtol=0, atol=1e-12)
                    assert_allclose(features, expected[key][1], rtol=0, atol=1e-12)

    def times(self, case, name):
        """Times of the rows of a track, and what moments are."""
        at = f"own.{case}.in.{name}"
        if f"{at}.times" in self.tensors:
            rule = self.cases["own"][case]["instants"][name]["rule"]
            return {"times": self.tensors[f"{at}.times"], "anchor": "centre" if rule == "centre" else "start"}
        return {"times": numpy.stack([self.tensors[f"{at}.start"], self.tensors[f"{at}.end"]], axis=1)}

    def test_weighted_means_are_those_of_exact_arithmetic(self):
        for case, description in self.cases["own"].items():
            words = self.tensors[f"own.{case}.words"]
            pauses = {"extend": "extend"}.get(description["pauses"], "words-only")
            for name in description["tracks"]:
                values, valid = (self.tensors[f"own.{case}.in.{name}.{kind}"] for kind in ("values", "valid"))
                options = dict(valid=valid, pauses=pauses, reach=description["reach"])
                aligned = misa.align(words, values, **self.times(case, name), **options)
                at = f"own.{case}.expected.{name}"
                assert_allclose(aligned.features, self.tensors[f"{at}.mean"], rtol=0, atol=1e-12)
                assert_array_equal(aligned.kinds, self.tensors[f"{at}.kind"])
                assert_allclose(aligned.seconds, self.tensors[f"{at}.overlap"], rtol=0, atol=1e-12)
                borrowed = {str(word): row for word, row in enumerate(aligned.rows.tolist()) if row >= 0}
                self.assertEqual(borrowed, description["expected"][name]["borrowed_rows"])
            if pauses == "extend":
                assert_allclose(aligned.times, self.tensors[f"own.{case}.steps"], rtol=0, atol=1e-12)

    def test_words_have_names_and_pauses_none(self):
        words = [("what", 0.0, 0.5), ("fun", 1.0, 1.5)]
        aligned = misa.align(words, [[1.0], [2.0], [3.0]], rate=2.0, pauses="own-steps")
        assert_array_equal(aligned.words, [0, -1, 1])
        assert_array_equal(aligned.features, [[1.0], [2.0], [3.0]])
        self.assertEqual(len(aligned), 3)

    def test_rows_may_be_marked_by_numbers(self):
        words, rows = [(0.0, 1.0), (1.0, 2.0)], [[1.0], [2.0]]
        marks = [numpy.array([True, False]), [1, 0], [1.0, 0.0]]
        kinds = [misa.align(words, rows, rate=1.0, valid=valid, reach=0.0).kinds.tolist() for valid in marks]
        self.assertEqual(kinds, [kinds[0]] * 3)
        self.assertEqual(kinds[0][0], 0)
        self.assertNotEqual(kinds[0][1], 0)

    def test_what_cannot_be_aligned_is_refused(self):
        words, rows = [(0.0, 1.0), (1.0, 2.0)], numpy.zeros((4, 2))
        self.refuses("expected times or rate, found none", misa.align, words, rows)
        self.refuses("expected times or rate, found both", misa.align, words, rows, [0, 1, 2, 3], rate=1.0)
        self.refuses("rate: expected rows a second, above 0, found 0", misa.align, words, rows, rate=0.0)
        self.refuses("rate: expected", misa.align, words, rows, rate=numpy.nan)
        self.refuses("times: expected one for each of 4 rows, found 3", misa.align, words, rows, [0, 1, 2])
        self.refuses("times: expected finite moments", misa.align, words, rows, [0, 2, 1, 3])
        self.refuses("times: expected two different moments", misa.align, words, rows, [1, 1, 1, 1])
        self.refuses("words[0]: expected a start", misa.align, [(1.0, 0.0)], rows, rate=1.0)
        self.refuses("words[0]: expected a start", misa.align, [(0.0, numpy.nan)], rows, rate=1.0)
        self.refuses("words[0]: expected a start", misa.align, [(0.0, 1e9)], rows, rate=1.0)
        self.refuses("words in the order of their starts", misa.align, words[::-1], rows, rate=1.0)
        self.refuses("words: expected an array [words, 2]", misa.align, [0.0, 1.0], rows, rate=1.0)
        self.refuses("words: expected an array [words, 2]", misa.align, [[0.0, 1.0, 2.0]], rows, rate=1.0)
        self.refuses("features: expected an array [rows, d]", misa.align, words, rows[0], rate=1.0)
        self.refuses("features: expected at most", misa.align, words, numpy.zeros((4, 0)), rate=1.0)
        self.refuses("an infinite one in row 0, column 1", misa.align, words, [[0.0, numpy.inf]], rate=1.0)
        self.refuses("valid: expected one for each", misa.align, words, rows, rate=1.0, valid=[True])
        self.refuses("valid: expected an array [rows]", misa.align, words, rows, rate=1.0, valid=[[True] * 4])
        for flag in (numpy.nan, 0.5, -1.0, 2):
            with self.subTest(flag):
                part = "valid[1]: expected true or false, or 1 or 0"
                self.refuses(part, misa.align, words, rows, rate=1.0, valid=[1, flag, 0, 1])
        self.refuses("method: expected weighted or sdk", misa.align, words, rows, rate=1.0, method="best")
        self.refuses("pauses", misa.align, words, rows, rate=1.0, pauses="mine")
        self.refuses("reach", misa.align, words, rows, rate=1.0, reach=-1.0)
        self.refuses("anchor", misa.align, words, rows, [0, 1, 2, 3], anchor="end")


if __name__ == "__main__":
    unittest.main()
