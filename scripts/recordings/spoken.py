"""Recordings with known truth: sentences of espeak-ng, whose pitch and tempo carry the label and whose words do not.

    spoken.py FOLDER [--seed N] [--without-opensmile]

Needs the library of espeak-ng (Debian: `espeak-ng`), and Python with numpy, and with opensmile for its tables, which
`scripts/check-recordings` installs. The same seed gives the same files. In FOLDER:

    table.csv       id, speaker, split, text, label of 60 clips of 12 voices, split by voice
    sound/ID.wav    mono, at the rate of the synthesis
    words/ID.json   in the layout of WhisperX; the times are those of the synthesis, those of numerals are left out
    voice/ID.csv    eGeMAPSv02, low-level, as opensmile-python writes them; unless `--without-opensmile`
    faces/ID.csv    in the layout of OpenFace 2, 25 rows a second; AU12 and AU04 follow the label
    new.csv         id, speaker, text of 20 other sentences, whose files are in new/sound, new/words and so on
    new-labels.csv  id, label of these
"""

import argparse
import csv
import ctypes
import json
import math
import os
import pathlib
import random
import sys
import wave

import numpy

FACE_RATE = 25
# Silence before and behind the speech, in seconds: nobody speaks from the first sample on.
SILENCE = (0.3, 0.4)
# Pause between words, in units of 10 ms at usual tempo. Without it, the energy would not show where words begin.
WORD_GAP = 4
# Least share of the energy of a clip within its words; of times that are wrong by 0.1 s, 0.9 is usual.
LEAST_ENERGY = 0.98

# Variants of the voice en-us. Two are kept for each of the splits `valid` and `test`.
VOICES = "m1 f1 m2 f2 m3 f3 m4 f4 m5 f5 m6 m7".split()
VALID, TEST = (8, 9), (10, 11)

NOUNS = "box lamp chair table clock bottle window basket bicycle ladder letter garden river station bridge".split()
ADJECTIVES = "small large round square empty wooden green yellow brown narrow".split()
VERBS = "stands lies stays remains waits".split()
PLACES = "behind near under beside opposite".split()


def sentence(draw):
    """Neutral words. One in four has a numeral, to which WhisperX gives no times."""
    one, other, third = draw.sample(NOUNS, 3)
    text = f"that {draw.choice(ADJECTIVES)} {one} {draw.choice(VERBS)} {draw.choice(PLACES)} this {other}"
    if draw.random() < 0.25:
        text += f" with {draw.randint(2, 9)} {draw.choice(ADJECTIVES)} parts"
    if draw.random() < 0.5:
        text += f", {draw.choice(PLACES)} some {draw.choice(ADJECTIVES)} {third}"
    return text[0].upper() + text[1:] + "."


class Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = [
        ("kind", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    ]


END_OF_EVENTS, WORD, END_OF_SENTENCE, PHONEME = 0, 1, 5, 7
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Synthesis:
    """The library of espeak-ng, with its samples and events."""

    def __init__(self):
        self.engine = ctypes.CDLL("libespeak-ng.so.1")
        # Synchronous retrieval, default length of the buffer and folder, events of phonemes.
        self.rate = self.engine.espeak_Initialize(2, 0, None, 1)
        # Kept, or it would be freed while the library has its address.
        self.callback = Callback(self.receive)
        self.engine.espeak_SetSynthCallback(self.callback)

    def receive(self, samples, count, events):
        if samples and count > 0:
            self.samples.extend(samples[:count])
        number = 0
        while events[number].kind != END_OF_EVENTS:
            event = events[number]
            self.events.append((event.kind, event.text_position, event.sample, bytes(event.name)))
            number += 1
        return 0

    def speak(self, text, voice, pitch, tempo):
        """Samples from -1 to 1, and start and end of every word in seconds; pitch from 0 to 100, tempo in words a minute."""
        self.samples, self.events = [], []
        if self.engine.espeak_SetVoiceByName(voice.encode()) != 0:
            sys.exit(f"espeak-ng has no voice {voice}")
        self.engine.espeak_SetParameter(1, round(tempo), 0)
        self.engine.espeak_SetParameter(3, round(pitch), 0)
        self.engine.espeak_SetParameter(7, WORD_GAP, 0)
        data = text.encode()
        # The text is UTF-8 (1), from its first character on.
        self.engine.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        self.engine.espeak_Synchronize()
        return numpy.array(self.samples, "float32") / 32768, self.word_times(text)

    def word_times(self, text):
        """A word ends where a pause, the sentence or the next word does what comes next."""
        starts = {position - 1: number for number, (kind, position, _, _) in enumerate(self.events) if kind == WORD}
        times, offset = [], 0
        for word in text.split(" "):
            if offset not in starts:
                sys.exit(f'espeak-ng tells no time of "{word}" in "{text}": it speaks some pairs of words as one')
            number = starts[offset]
            following = next(event for event in self.events[number + 1 :] if ends_word(event))
            times.append((self.events[number][2] / self.rate, following[2] / self.rate))
            offset += len(word) + 1
        return times


def ends_word(event):
    kind, _, _, name = event
    return kind in (WORD, END_OF_SENTENCE) or (kind == PHONEME and name.startswith(b"_"))


def write_sound(path, samples, rate):
    """With silence at both ends; returns the samples as they are in the file."""
    before, behind = (numpy.zeros(round(seconds * rate), "float32") for seconds in SILENCE)
    whole = (numpy.concatenate([before, samples, behind]).clip(-1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
    return whole / 32768


def energy_in_words(samples, rate, times):
    """Share of the energy that lies between start and end of a word."""
    power = samples**2
    inside = sum(power[round(start * rate) : round(end * rate)].sum() for start, end in times)
    return inside / power.sum()


def write_words(path, text, times, draw):
    words = []
    for word, (start, end) in zip(text.split(" "), times, strict=True):
        entry = {"word": word}
        if not word.isdigit():
            entry |= {"start": round(start, 3), "end": round(end, 3), "score": round(draw.uniform(0.7, 0.99), 3)}
        words.append(entry)
    segment = {"start": round(times[0][0], 3), "end": round(times[-1][1], 3), "text": " " + text, "words": words}
    path.write_text(json.dumps({"segments": [segment], "word_segments": words, "language": "en"}))


STRENGTHS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45]
GAZE = [f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz"] + ["gaze_angle_x", "gaze_angle_y"]
POSE = ["pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"]
UNITS = [f"AU{unit:02}_r" for unit in STRENGTHS] + [f"AU{unit:02}_c" for unit in sorted([*STRENGTHS, 28])]
FACE_COLUMNS = ["frame", "face_id", "timestamp", "confidence", "success", *GAZE, *POSE, *UNITS]


def lost_rows(rows, draw):
    """Rows that are missing, and rows in which the face was not found; in half of all clips none."""
    missing, failed = set(), set()
    if draw.random() < 0.5:
        first = draw.randrange(rows)
        missing = set(range(first, first + draw.randint(1, 4)))
        first = draw.randrange(rows)
        failed = set(range(first, first + draw.randint(2, 12)))
    return missing, failed


def write_faces(path, seconds, label, draw):
    """Units that move slowly about a mean, which follows the label for AU12 (smile) and AU04 (frown)."""
    rows = math.floor(seconds * FACE_RATE)
    means = {unit: draw.uniform(0.2, 1.0) for unit in STRENGTHS}
    means[12] = 2.2 + 0.7 * label + draw.gauss(0, 0.3)
    means[4] = 1.8 - 0.5 * label + draw.gauss(0, 0.3)
    missing, failed = lost_rows(rows, draw)
    swing = dict.fromkeys(STRENGTHS, 0.0)
    lines = [", ".join(FACE_COLUMNS)]
    for row in range(rows):
        for unit in STRENGTHS:
            swing[unit] = 0.9 * swing[unit] + draw.gauss(0, 0.2)
        if row in missing:
            continue
        found = row not in failed
        strength = {unit: min(max(means[unit] + swing[unit], 0), 5) * found for unit in STRENGTHS}
        strength[28] = 0
        head = [row + 1, 0, f"{row / FACE_RATE:.3f}", "0.98" if found else "0.03", int(found)]
        gaze = [f"{draw.gauss(0, 0.1):.6f}" for _ in range(6)] + [f"{draw.gauss(0, 0.1):.3f}" for _ in range(2)]
        place = [f"{draw.gauss(mean, 5):.1f}" for mean in (0, 0, 500)] + [f"{draw.gauss(0, 0.1):.3f}" for _ in range(3)]
        units = [f"{strength[unit]:.2f}" for unit in STRENGTHS]
        units += [f"{strength[unit] > 1:.2f}" for unit in sorted(strength)]
        lines.append(", ".join(map(str, [*head, *gaze, *place, *units])))
    path.write_text("\n".join(lines) + "\n")


def manner(draw):
    """Pitch from 15 to 85, words a minute from 115 to 235, and the label that follows from both, from -3 to 3."""
    both = draw.uniform(-1, 1)
    pitch, tempo = (min(max(both + draw.gauss(0, 0.15), -1), 1) for _ in range(2))
    return 50 + 35 * pitch, 175 + 60 * tempo, round(3 * (pitch + tempo) / 2, 1)


def split(voice):
    return "valid" if voice in VALID else "test" if voice in TEST else "train"


def voice_features():
    """What computes the table of a voice."""
    import opensmile

    # Of all sounds at one rate: its numbers depend on it.
    return opensmile.Smile(
        opensmile.FeatureSet.eGeMAPSv02,
        opensmile.FeatureLevel.LowLevelDescriptors,
        sampling_rate=16000,
        resample=True,
    )


def speak_all(names, folder, synthesis, features, seen, seed):
    """Writes the files of each clip, and returns its row of the table, and the least energy in the words of a clip."""
    for kind in ("sound", "words", "voice", "faces"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    rows, least = [], 1.0
    for number, name in enumerate(names):
        draw = random.Random(f"{seed} {name}")
        voice = number % len(VOICES)
        text = sentence(draw)
        while text in seen:
            text = sentence(draw)
        seen.add(text)
        pitch, tempo, label = manner(draw)
        samples, times = synthesis.speak(text, "en-us+" + VOICES[voice], pitch, tempo)
        times = [(start + SILENCE[0], end + SILENCE[0]) for start, end in times]
        sound = folder / "sound" / f"{name}.wav"
        samples = write_sound(sound, samples, synthesis.rate)
        least = min(least, energy_in_words(samples, synthesis.rate, times))
        write_words(folder / "words" / f"{name}.json", text, times, draw)
        if features:
            features.process_file(str(sound)).to_csv(folder / "voice" / f"{name}.csv")
        write_faces(folder / "faces" / f"{name}.csv", len(samples) / synthesis.rate, label, draw)
        rows.append({"id": name, "speaker": f"voice-{voice + 1}", "split": split(voice), "text": text, "label": label})
    return rows, least


def write_table(path, rows, columns):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-opensmile", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    # The voice files name their sound files as they are passed.
    os.chdir(options.folder)
    here = pathlib.Path()
    synthesis, seen = Synthesis(), set()
    features = None if options.without_opensmile else voice_features()
    names = [f"clip-{number:02}" for number in range(1, 61)]
    rows, least = speak_all(names, here, synthesis, features, seen, options.seed)
    write_table(here / "table.csv", rows, ["id", "speaker", "split", "text", "label"])
    names = [f"new-{number:02}" for number in range(1, 21)]
    new_rows, new_least = speak_all(names, here / "new", synthesis, features, seen, options.seed)
    write_table(here / "new.csv", new_rows, ["id", "speaker", "text"])
    write_table(here / "new-labels.csv", new_rows, ["id", "label"])
    least = min(least, new_least)
    print(f"{len(rows)} clips and {len(new_rows)} new ones; of the energy of a clip, at least {least:.1%} is in its words")
    if least < LEAST_ENERGY:
        sys.exit("spoken.py: the word times do not fit the sound")


if __name__ == "__main__":
    main()
