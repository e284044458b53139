"""Requests of a case: as many clips as its batches have, with their lengths."""

import base64
import json
import random
import struct

# Whole numbers divided by this have few digits, as features in files have.
PRECISION = 1e4


def bodies(case, form, vocabulary=None, words=None, seed=1):
    """The bodies of requests, one clip each. `form` is `rows` or `base64`; a case with BERT takes its
    sentences from `words`, any other its ids from those below `vocabulary`."""
    numbers = random.Random(seed)
    lengths = [length for batch in case["lengths"] for length in batch]
    numbers.shuffle(lengths)
    requests = []
    for number, steps in enumerate(lengths):
        clip = {"id": str(number)}
        if case["bert"]:
            clip["text"] = " ".join(numbers.choices(words, k=steps))
        else:
            clip["text_ids"] = [numbers.randrange(2, vocabulary) for _ in range(steps)]
        for modality in ("visual", "acoustic"):
            rows = draw(numbers, steps, case[f"{modality}_dim"])
            clip[modality] = packed(rows) if form == "base64" else rows
        requests.append(json.dumps({"clips": [clip]}, separators=(",", ":")).encode())
    return requests


def draw(numbers, steps, features):
    return [[round(numbers.gauss(0, 1) * PRECISION) / PRECISION for _ in range(features)] for _ in range(steps)]


def packed(rows):
    values = [value for row in rows for value in row]
    data = base64.b64encode(struct.pack(f"<{len(values)}f", *values))
    return {"shape": [len(rows), len(rows[0])], "base64": data.decode()}


def whole_words(tokeniser):
    """Words of at least three letters that are one token, so that a sentence has as many tokens as words."""
    vocabulary = json.loads(tokeniser.read_text())["model"]["vocab"]
    words = [word for word in vocabulary if len(word) > 2 and word.isascii() and word.isalpha() and word.islower()]
    return sorted(words)
