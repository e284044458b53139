#!/usr/bin/env python3
"""Serve MISA in PyTorch behind FastAPI, batching as its users write it: the opponent of `misa serve`.

    python fastapi_peer.py --peer PATH/pytorch_peer.py --case mosei_glove_b64 --port 8001
    python fastapi_peer.py --peer PATH/pytorch_peer.py --case minilm_b64 --tokeniser PATH/tokenizer.json

The model is that of the peer of the training benchmark, imported by its path. Its weights are random, or
those of a `model.safetensors` of misa. It answers `POST /v1/predict` with the JSON of `misa serve`.
Needs torch, numpy, fastapi, uvicorn[standard], orjson and tokenizers.
"""

import argparse
import asyncio
import base64
import concurrent.futures
import contextlib
import importlib.util
import json
import os
import pathlib
import typing

HERE = pathlib.Path(__file__).resolve().parent
# Options reach the processes of uvicorn's workers by this variable: they import this file anew.
OPTIONS = "FASTAPI_PEER"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", required=True, type=pathlib.Path, help="the file pytorch_peer.py")
    parser.add_argument("--case", required=True, help="a case of cases.json, here or beside the peer")
    parser.add_argument("--weights", type=pathlib.Path, help="model.safetensors of misa")
    parser.add_argument("--tokeniser", type=pathlib.Path, help="tokenizer.json, for a case with BERT")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--threads", type=int, default=2, help="threads that compute, per process")
    parser.add_argument("--batch-clips", type=int, default=64, help="most clips of a batch")
    parser.add_argument("--window-ms", type=float, default=5.0, help="how long a batch waits for more")
    return parser.parse_args()


def load_peer(path):
    spec = importlib.util.spec_from_file_location("pytorch_peer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_case(peer, name):
    ours = json.loads((HERE / "cases.json").read_text())["cases"]
    return {**peer.load_cases(), **{case["name"]: case for case in ours}}[name]


class Predictor:
    """The model with the sizes of a case; `predict` takes clips of any lengths."""

    def __init__(self, options):
        peer = load_peer(options["peer"])
        self.torch, _, misa, _ = peer.define_model()
        self.torch.manual_seed(0)
        case = dict(load_case(peer, options["case"]))
        weights = {}
        if options["weights"]:
            stored = peer.read_safetensors(options["weights"])
            weights = {name: self.torch.from_numpy(array) for name, array in stored.items()}
        if "embed.weight" in weights:
            case["vocab"] = weights["embed.weight"].shape[0]
        self.case, self.model = case, misa(case).eval()
        if weights:
            self.load(weights)
        self.tokeniser = self.open_tokeniser(options["tokeniser"]) if case["bert"] else None

    def load(self, weights):
        """The discriminators and the unused norm of the text decide no prediction; misa may leave them out."""
        missing, unknown = self.model.load_state_dict(weights, strict=False)
        needed = [name for name in missing if "discriminator" not in name and "tlayer_norm" not in name]
        if needed or unknown:
            raise SystemExit(f"weights do not fit: missing {needed}, unknown {unknown}")

    def open_tokeniser(self, path):
        import tokenizers

        tokeniser = tokenizers.Tokenizer.from_file(path)
        tokeniser.enable_padding()
        tokeniser.enable_truncation(self.case["bert"]["positions"])
        return tokeniser

    def predict(self, clips):
        """The predictions of clips, in order."""
        order = sorted(range(len(clips)), key=lambda index: -clips[index].steps)
        with self.torch.inference_mode():
            outputs = self.model(self.batch([clips[index] for index in order]))["o"].tolist()
        predictions = [None] * len(clips)
        for index, output in zip(order, outputs):
            predictions[index] = output
        return predictions

    def batch(self, clips):
        """The batch that the model reads, of clips in descending order of their lengths."""
        torch = self.torch
        padded = lambda arrays: torch.nn.utils.rnn.pad_sequence([torch.from_numpy(array) for array in arrays])
        batch = dict(
            lengths=torch.tensor([clip.steps for clip in clips]),
            visual=padded(clip.visual for clip in clips),
            acoustic=padded(clip.acoustic for clip in clips),
        )
        if self.tokeniser is None:
            batch["words"] = padded(clip.text for clip in clips)
            return batch
        encoded = self.tokeniser.encode_batch([clip.text for clip in clips])
        batch["bert_ids"] = torch.tensor([text.ids for text in encoded])
        batch["bert_types"] = torch.tensor([text.type_ids for text in encoded])
        batch["bert_mask"] = torch.tensor([text.attention_mask for text in encoded])
        return batch


class Collector:
    """Collects what is waiting into batches and predicts them in a thread."""

    def __init__(self, predictor, options):
        self.predictor, self.queue = predictor, asyncio.Queue()
        self.most, self.window = options["batch_clips"], options["window_ms"] / 1e3
        # The number of threads of PyTorch belongs to the thread that computes.
        self.executor = concurrent.futures.ThreadPoolExecutor(
            1, initializer=predictor.torch.set_num_threads, initargs=[options["threads"]]
        )

    async def predict(self, clip):
        answer = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((clip, answer))
        return await answer

    async def run(self):
        loop = asyncio.get_running_loop()
        while True:
            clips, answers = zip(*await self.collect(loop))
            try:
                predictions = await loop.run_in_executor(self.executor, self.predictor.predict, clips)
            except Exception as error:
                for answer in answers:
                    answer.cancelled() or answer.set_exception(error)
                continue
            for answer, prediction in zip(answers, predictions):
                answer.cancelled() or answer.set_result(prediction)

    async def collect(self, loop):
        batch = [await self.queue.get()]
        end = loop.time() + self.window
        while len(batch) < self.most:
            if not self.queue.empty():
                batch.append(self.queue.get_nowait())
                continue
            try:
                batch.append(await asyncio.wait_for(self.queue.get(), end - loop.time()))
            except TimeoutError:
                break
        return batch


def application():
    """The application of one worker."""
    import fastapi
    import numpy as np
    import orjson
    import pydantic

    options = json.loads(os.environ[OPTIONS])
    predictor = Predictor(options)
    case = predictor.case

    class Strict(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(extra="forbid")

    class Packed(Strict):
        shape: tuple[int, int]
        base64: str

    Rows = list[list[float]] | Packed

    class Clip(Strict):
        id: str | None = None
        text: str | None = None
        text_ids: list[int] | None = None
        visual: Rows
        acoustic: Rows

    class Body(Strict):
        model: str | None = None
        clips: list[Clip]

    class Arrays(typing.NamedTuple):
        steps: int
        text: typing.Any
        visual: np.ndarray
        acoustic: np.ndarray

    def array(rows, name, features):
        if isinstance(rows, Packed):
            values = np.frombuffer(base64.b64decode(rows.base64), "<f4").reshape(rows.shape).copy()
        else:
            values = np.array(rows, np.float32)
        if values.ndim != 2 or values.shape[1] != features or not len(values):
            raise ValueError(f"{name}: expected [steps, {features}], found {list(values.shape)}")
        return values

    def read(clip):
        visual = array(clip.visual, "visual", case["visual_dim"])
        acoustic = array(clip.acoustic, "acoustic", case["acoustic_dim"])
        steps = len(visual)
        text = clip.text if case["bert"] else np.array(clip.text_ids or [], np.int64)
        if text is None or len(acoustic) != steps or (not case["bert"] and len(text) != steps):
            raise ValueError("expected text, and as many steps in each modality")
        if not case["bert"] and not (0 <= text.min() and text.max() < case["vocab"]):
            raise ValueError(f"text_ids: expected ids below {case['vocab']}")
        return Arrays(steps, text, visual, acoustic)

    def warm_up():
        rows = lambda features: np.zeros((8, features), np.float32)
        text = "a few words" if case["bert"] else np.zeros(8, np.int64)
        predictor.predict([Arrays(8, text, rows(case["visual_dim"]), rows(case["acoustic_dim"]))] * 4)

    @contextlib.asynccontextmanager
    async def lifespan(app):
        app.collector = Collector(predictor, options)
        await asyncio.get_running_loop().run_in_executor(app.collector.executor, warm_up)
        task = asyncio.create_task(app.collector.run())
        yield
        task.cancel()

    app = fastapi.FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready():
        # Workers become ready one by one, behind one port.
        return {"process": os.getpid()}

    @app.post("/v1/predict")
    async def predict(body: Body):
        try:
            clips = [read(clip) for clip in body.clips]
        except ValueError as error:
            raise fastapi.HTTPException(422, str(error)) from error
        outputs = await asyncio.gather(*(app.collector.predict(clip) for clip in clips))
        predictions = [{"id": clip.id, "value": output[0]} for clip, output in zip(body.clips, outputs)]
        answer = {"schema": 1, "model": {"name": case["name"]}, "predictions": predictions}
        return fastapi.Response(orjson.dumps(answer), media_type="application/json")

    return app


def main():
    options = arguments()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ[OPTIONS] = json.dumps(vars(options), default=str)
    import uvicorn

    uvicorn.run(
        f"{pathlib.Path(__file__).stem}:application",
        factory=True,
        app_dir=str(HERE),
        port=options.port,
        workers=options.workers,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
