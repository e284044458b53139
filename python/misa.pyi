"""Trained MISA models, data sets, scores and alignment, with NumPy arrays.

Everything that is refused raises `MisaError`. Nothing in a pickle is executed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Optional, TypedDict, Union, final, overload

import numpy
from numpy.typing import ArrayLike, NDArray

_Path = Union[str, PathLike[str]]
_Modality = Literal["text", "visual", "acoustic"]

class _ClipKeys(TypedDict, total=False):
    id: Optional[str]
    text: Union[str, Sequence[str], ArrayLike, None]
    words: Optional[Sequence[str]]
    visual: Optional[ArrayLike]
    acoustic: Optional[ArrayLike]

_Clip = Union[str, _ClipKeys, Mapping[str, Any], "Utterance"]

__version__: str

class MisaError(ValueError):
    """What misa refuses, in words: where it is, what was expected and what was found.

    >>> try:
    ...     misa.load("no/such/run")
    ... except misa.MisaError as error:
    ...     print(error)
    no/such/run/config.json: No such file or directory (os error 2)
    """

@final
class Model:
    """A trained model, which predicts clips. Threads may share it. `load` makes one."""

    @property
    def id(self) -> str:
        """The SHA-256 of everything that its predictions follow from. Models with the same id predict the same."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """The names of the modalities that it reads, in text, visual, acoustic order."""

    @property
    def task(self) -> Literal["regression", "classification"]:
        """Whether it predicts numbers or classes."""

    @property
    def classes(self) -> Optional[int]:
        """Number of classes; None for a regression."""

    @property
    def sizes(self) -> dict[str, int]:
        """Features of a step by modality; of a text that is not vectors, the words or tokens that it knows."""

    @property
    def text(self) -> Literal["words", "vectors", "bert"]:
        """How it reads text: words of its vocabulary, vectors that are computed before, or through BERT."""

    @property
    def reads_videos(self) -> bool:
        """Whether clips named `video[0]`, `video[1]` and so on are read together."""

    def predict(
        self, clips: Union[_Clip, Iterable[_Clip]], modalities: Union[str, Iterable[_Modality], None] = None
    ) -> Predictions:
        """The prediction for each clip, in order. Other threads run meanwhile.

        clips: one clip, or any iterable of clips. A clip is a sentence, an `Utterance`, or a dictionary with
            some of
            "text": a sentence, a list of words, word ids `[steps]`, or vectors `[steps, d_input]`;
            "words": the words that the vectors stand for;
            "visual", "acoustic": features `[steps, d_input]`;
            "id": a name.
            A modality that is not there, or None, is missing; at least one must be there. Features are copied
            once, into numbers of 32 bits.
        modalities: read only these, such as ["text", "acoustic"]; without it, all that a clip has.

        Raises MisaError if the model cannot read a clip: another number of features, NaN or infinite numbers,
        more than 10,000 steps, 2**20 numbers or 16 KiB of text in one modality, or nothing to read.

        >>> model.predict(["What fun that was!", "No."]).values
        >>> model.predict({"text": "What fun!", "acoustic": numpy.zeros((3, 74))}).intervals
        """

@final
class Predictions:
    """The predictions for some clips, in their order.

    >>> answers = model.predict(["What fun!", "No."])
    >>> low, high = answers.intervals[0.8].T
    """

    @property
    def values(self) -> NDArray[numpy.float32]:
        """The predicted number, or the index of the most probable class, `[clips]`."""

    @property
    def probabilities(self) -> Optional[NDArray[numpy.float32]]:
        """Of each class, `[clips, classes]`, calibrated if the model is; None for a regression."""

    @property
    def intervals(self) -> dict[float, NDArray[numpy.float32]]:
        """For each level, such as 0.8, the ends of a range that contains the true number with this probability,
        `[clips, 2]`. NaN for a clip whose modalities the model was not measured on; empty for classes, and for a
        model that was not measured."""

    @property
    def ids(self) -> list[str]:
        """The names of the clips."""

    @property
    def modalities(self) -> list[tuple[str, ...]]:
        """The names of the modalities that were read of each clip."""

    @property
    def notes(self) -> list[str]:
        """What a user should know, a sentence each: words outside the vocabulary, other recipes of features."""

    @property
    def model(self) -> str:
        """The id of the model."""

    def __len__(self) -> int: ...

@final
class Utterance:
    """A labelled clip of a data set. `Model.predict` reads it as a clip.

    Arrays are the memory that the reader of the file has filled, those of the test split a copy of it. They are
    read-only.

    >>> utterance = misa.open("mosi.safetensors").train[0]
    >>> utterance.visual.mean(axis=0)
    """

    @property
    def id(self) -> str:
        """Its name in the data set."""

    @property
    def label(self) -> float:
        """For most data sets the sentiment from -3 (negative) to 3 (positive), or a class."""

    @property
    def words(self) -> list[str]:
        """The words as a new list; empty if the file has none."""

    @property
    def text(self) -> Union[NDArray[numpy.uint32], NDArray[numpy.float32]]:
        """Word ids `[steps]`, or word vectors `[steps, d_input]`."""

    @property
    def visual(self) -> NDArray[numpy.float32]:
        """Features `[steps, d_input]`."""

    @property
    def acoustic(self) -> NDArray[numpy.float32]:
        """Features `[steps, d_input]`."""

    @property
    def modality_labels(self) -> dict[str, float]:
        """The label by each modality alone; empty where the data has none."""

    @property
    def absent(self) -> dict[str, NDArray[numpy.bool_]]:
        """Which steps lack a modality, by modality: a new array `[steps]` where some do. Their features are zeros."""

@final
class Split:
    """The utterances of a part of a data set, in the order of the file, as a sequence.

    >>> data = misa.open("mosi.safetensors")
    >>> len(data.train), data.train.labels.mean(), data.train[0].words
    """

    @property
    def name(self) -> Literal["train", "valid", "test"]:
        """Which part it is."""

    @property
    def ids(self) -> list[str]:
        """The names of the utterances, as a new list."""

    @property
    def labels(self) -> NDArray[numpy.float32]:
        """The labels as a new array `[utterances]`."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: int, /) -> Utterance: ...
    @overload
    def __getitem__(self, key: slice, /) -> tuple[Utterance, ...]: ...
    def __iter__(self) -> Iterator[Utterance]: ...

@final
class DataSet:
    """The train and valid splits of a data set, and its locked test split. `open` makes one."""

    @property
    def train(self) -> Split:
        """The split that a model is trained on."""

    @property
    def valid(self) -> Split:
        """The split that a model is chosen on."""

    def open_test(self) -> Split:
        """The test split, which is locked until this is called.

        Scores on it are only worth something if nothing was chosen by them: call this once, after the model was
        chosen on the valid split. Nobody records the call; `test_is_open` says whether there was one.

        >>> test = data.open_test()
        """

    @property
    def test_is_open(self) -> bool:
        """Whether the test split was opened."""

    @property
    def counts(self) -> dict[str, int]:
        """Utterances by the name of the split, including those of the locked one."""

    @property
    def checksum(self) -> str:
        """SHA-256 of the utterances of all splits, in hexadecimal, whatever the file."""

    @property
    def notes(self) -> list[str]:
        """What was dropped, replaced or unusual when the data was read, a sentence each."""

    @property
    def format(self) -> str:
        """The name of its layout."""

    @property
    def sizes(self) -> dict[str, int]:
        """Features of a step by modality; of a text of word ids, the number of words."""

    @property
    def text(self) -> Literal["words", "vectors"]:
        """The form of the text: word ids, or vectors."""

    @property
    def vocabulary(self) -> Optional[list[Optional[str]]]:
        """The words in the order of their ids, None where an id has no word; None for vectors. A new list."""

@final
class Aligned:
    """Features on words, one step after the other.

    >>> aligned = misa.align([(0.0, 0.5), (0.5, 0.75)], [[1.0], [3.0]], rate=2.0, pauses="words-only")
    >>> aligned.features
    array([[1.],
           [3.]])
    """

    @property
    def features(self) -> NDArray[numpy.float64]:
        """`[steps, d]`; NaN where no row of the step has a number, zeros where a step is absent."""

    @property
    def times(self) -> NDArray[numpy.float64]:
        """Start and end of each step in seconds, `[steps, 2]`; of the SDK's means, what rows cover of it."""

    @property
    def words(self) -> NDArray[numpy.int64]:
        """The number of the word of each step, from 0; -1 for a pause."""

    @property
    def kinds(self) -> NDArray[numpy.uint8]:
        """0 measured, 1 borrowed from the nearest row, 2 absent: no row is near."""

    @property
    def rows(self) -> NDArray[numpy.int64]:
        """The row that a step borrowed, otherwise -1."""

    @property
    def seconds(self) -> NDArray[numpy.float64]:
        """Of rows that overlap each step; rows that overlap each other count each."""

    def __len__(self) -> int: ...

def load(folder: _Path, device: str = "flex") -> Model:
    """The model of a run, or of the folder of a model.

    folder: the folder of a finished run, or its folder `checkpoint`, or a copy of that.
    device: where to compute: "flex", the processor.

    Raises MisaError if a file is missing, damaged or of a newer version, or if there is no such device.

    >>> model = misa.load("runs/first")
    """

def open(
    path: _Path,
    *,
    format: Optional[str] = None,
    policy: Literal["strict", "compat"] = "strict",
    padding: Literal["auto", "left", "right", "none", "mask"] = "auto",
    text: Optional[_Path] = None,
    visual: Optional[_Path] = None,
    acoustic: Optional[_Path] = None,
) -> DataSet:
    """The data set in a file or a folder, in any layout that misa reads.

    Pickles are read by misa's own reader: nothing in them is executed.

    path: a file or a folder.
    format: its layout, such as "mmsa", instead of detecting it.
    policy: "strict" refuses infinite features and labels that are no finite numbers, "compat" replaces them.
    padding: where padded files have their padding: "auto", "left", "right", "none" or "mask".
    text, visual, acoustic: files to take a modality from instead, with the same ids.

    Raises MisaError if there is no data set, or it is damaged, inconsistent or too large.

    >>> data = misa.open("datasets/mosi.safetensors")
    >>> data.train[0].visual.shape
    """

def score(
    y: ArrayLike, y_hat: ArrayLike, task: Literal["regression", "classification"] = "regression"
) -> dict[str, Optional[float]]:
    """Every score of a task, by its key: None where it is not defined, such as the correlation with a constant.

    y: the true numbers or classes, `[utterances]`.
    y_hat: the predicted ones, `[utterances]`; of a classification also one number per class,
        `[utterances, classes]`, of which the largest counts.
    task: "regression" has mae, corr, acc_2_neg_non_neg, f1_neg_non_neg, acc_2_neg_pos, f1_neg_pos, acc_5 and
        acc_7, or for labels on the scale of CH-SIMS acc_2_sims, f1_sims, acc_3_sims and acc_5_sims instead of these two;
        "classification" has acc and f1. Shares go from 0 to 1.

    Numbers are rounded to 32 bits before, as in the program.

    Raises MisaError if the shapes differ, or a number is NaN or infinite.

    >>> misa.score([1.0, -2.0, 0.5], [0.8, -1.0, -0.1])["acc_2_neg_pos"]
    0.6666666666666666
    """

def align(
    words: Union[ArrayLike, Sequence[tuple[str, float, float]]],
    features: ArrayLike,
    times: Optional[ArrayLike] = None,
    *,
    rate: Optional[float] = None,
    anchor: Literal["start", "centre"] = "start",
    valid: Optional[ArrayLike] = None,
    method: Literal["weighted", "sdk"] = "weighted",
    pauses: Literal["words-only", "extend", "own-steps"] = "extend",
    reach: float = 0.1,
) -> Aligned:
    """Features of rows over time, onto words.

    words: start and end of each word in seconds, `[words, 2]`, or tuples (word, start, end).
    features: a row of features for each stretch of time, `[rows, d]`; NaN where a tool gives no number. They
        are rounded to 32 bits.
    times: start and end of each row in seconds, `[rows, 2]`, or its moment, `[rows]`; in place of it,
    rate: rows a second, the first at 0.
    anchor: what the moments of rows are: "start" or "centre". Rows are as long as the median distance of two.
    valid: whether each row may be used, `[rows]`, as truth values or 1 and 0; without it, all are.
    method: "weighted" for means weighted by overlap, "sdk" for those of the CMU Multimodal SDK: every row that
        overlaps counts the same, `valid`, `pauses` and `reach` count for nothing, and words without length are
        left out.
    pauses: who owns the time between words: "words-only" nobody, "extend" the words beside it, up to its middle
        and half a second, "own-steps" a step of its own.
    reach: a word without rows borrows the nearest one up to so many seconds away.

    Returns the steps in the order of the words. Other threads run meanwhile.

    Raises MisaError if shapes do not fit, a word or a row ends before it starts, words are not in the order of
    their starts, or there is more than a recording may hold.

    >>> words = [("what", 0.1, 0.4), ("fun", 0.4, 0.9)]
    >>> misa.align(words, pitch, rate=100.0).features
    """
