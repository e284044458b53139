#!/usr/bin/env python3
"""Writes the golden values of a pre-trained BERT: what Hugging Face's `transformers` computes of 200 sentences.

    python3 scripts/bert_reference.py BERT OUT

BERT is the folder of MiniLM that CONTRIBUTING.md names, OUT a folder such as datasets/golden/bert. The sentences are
those of OUT/sentences.txt, one a line; if the file does not exist, it is made of this repository's own pages. Needs
PyTorch, transformers and safetensors.
"""

import re
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

COUNT = 200
# States of every layer take much room: only so many sentences have them. Of the others, each state is stored as one
# number, its product with a vector of length 1.
WITH_EVERY_LAYER = 2
WITH_LAST_LAYER = 8
PAGES = ["README.md", *sorted(str(page) for page in Path("docs").glob("*.md"))]


def sentences(path):
    if path.exists():
        return path.read_text().splitlines()
    found = []
    for page in PAGES:
        text = re.sub(r"```.*?```", "", Path(page).read_text(), flags=re.S)
        for paragraph in text.split("\n\n"):
            if re.match(r"\s*[|#!<-]", paragraph):
                continue
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(paragraph.split()))
            found += re.split(r"(?<=[.?!]) (?=[A-Z])", plain)
    found = [sentence for sentence in found if 3 <= len(sentence.split()) <= 60]
    # From every page, not only the first ones.
    chosen = found[:: max(1, len(found) // COUNT)][:COUNT]
    path.write_text("".join(f"{sentence}\n" for sentence in chosen))
    return chosen


def main(bert, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    tokeniser, model = AutoTokenizer.from_pretrained(bert), AutoModel.from_pretrained(bert).eval()
    tensors, ids = {}, []
    lines = sentences(out / "sentences.txt")
    means, products = [], []
    direction = torch.cos(torch.arange(model.config.hidden_size, dtype=torch.float64))
    direction /= direction.norm()
    for number, sentence in enumerate(lines):
        # One by one: no padding has a part in the values.
        tokens = tokeniser(sentence, return_tensors="pt")
        with torch.no_grad():
            states = model(**tokens, output_hidden_states=True).hidden_states
        ids.append(tokens["input_ids"][0].to(torch.int32))
        means.append(states[-1][0].mean(0))
        products.append(torch.stack([state[0].double() @ direction for state in states]))
        if number < WITH_EVERY_LAYER:
            for layer, state in enumerate(states):
                tensors[f"{number}.hidden.{layer}"] = state[0].contiguous()
        elif number < WITH_LAST_LAYER:
            tensors[f"{number}.hidden.{len(states) - 1}"] = states[-1][0].contiguous()
    tensors["ids"] = torch.cat(ids)
    tensors["lengths"] = torch.tensor([len(row) for row in ids], dtype=torch.int32)
    tensors["mean"] = torch.stack(means)
    tensors["products"] = torch.cat(products, 1).float()
    save_file(tensors, out / "minilm.safetensors")
    print(f"{len(lines)} sentences, {len(tensors['ids'])} tokens")


if __name__ == "__main__":
    main(*sys.argv[1:])
