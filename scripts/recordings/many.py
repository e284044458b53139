"""Many recordings of 8 s for benchmarks: files as tools write them, whose numbers mean nothing.

    many.py N FOLDER [--seed N] [--sounds M]

In FOLDER: `table.csv` (id, speaker, split, label), `words/ID.json` in the layout of WhisperX, `faces/ID.csv` in that
of OpenFace 2 (25 rows a second, gaze, pose and action units; some rows are missing and some failed), and `voice/ID.csv`
as opensmile-python writes eGeMAPSv02 (100 rows a second, 25 columns). IDs are `clip-00001` and so on: the first clips
of a seed are the same for every N. 10,000 clips are 3.1 GB. The first M clips also have `sound/ID.wav`, a tone in each
word. Needs Python alone.
"""

import argparse
import array
import csv
import json
import pathlib
import random
import wave

SECONDS = 8
FACE_ROWS = 25 * SECONDS
# A row of openSMILE needs more sound than its step.
VOICE_ROWS = 100 * SECONDS - 4
# Different rows of numbers; every clip takes a stretch of them.
POOL = 4001
SPLITS = ["train"] * 14 + ["valid"] * 3 + ["test"] * 3

STRENGTHS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45]
FACE_COLUMNS = (
    ["frame", "face_id", "timestamp", "confidence", "success"]
    + [f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz"]
    + ["gaze_angle_x", "gaze_angle_y", "pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"]
    + [f"AU{unit:02}_r" for unit in STRENGTHS]
    + [f"AU{unit:02}_c" for unit in sorted([*STRENGTHS, 28])]
)
VOICE_COLUMNS = (
    "Loudness_sma3 alphaRatio_sma3 hammarbergIndex_sma3 slope0-500_sma3 slope500-1500_sma3 spectralFlux_sma3 "
    "mfcc1_sma3 mfcc2_sma3 mfcc3_sma3 mfcc4_sma3 F0semitoneFrom27.5Hz_sma3nz jitterLocal_sma3nz "
    "shimmerLocaldB_sma3nz HNRdBACF_sma3nz logRelF0-H1-H2_sma3nz logRelF0-H1-A3_sma3nz F1frequency_sma3nz "
    "F1bandwidth_sma3nz F1amplitudeLogRelF0_sma3nz F2frequency_sma3nz F2bandwidth_sma3nz "
    "F2amplitudeLogRelF0_sma3nz F3frequency_sma3nz F3bandwidth_sma3nz F3amplitudeLogRelF0_sma3nz"
).split()
WORDS = "this that some box lamp chair table clock stands stays near behind small large green river with".split()


def face_numbers(draw):
    """What follows the timestamp of a row: confidence and success, gaze, pose, units."""
    found = draw.random() > 0.02
    strengths = [draw.uniform(0, 5) * found for _ in STRENGTHS]
    presences = [float(strength > 1) for strength in strengths]
    presences.insert(-1, 0.0)
    numbers = ["0.98" if found else "0.03", str(int(found))]
    numbers += [f"{draw.gauss(0, 0.1):.6f}" for _ in range(6)] + [f"{draw.gauss(0, 0.1):.3f}" for _ in range(2)]
    numbers += [f"{draw.gauss(0, 50):.1f}" for _ in range(3)] + [f"{draw.gauss(0, 0.1):.3f}" for _ in range(3)]
    return ", ".join(numbers + [f"{value:.2f}" for value in strengths + presences]) + "\n"


def voice_numbers(draw):
    """The descriptors of a row; those of voiced sound are 0 in three rows of ten."""
    voiced = draw.random() > 0.3
    numbers = [
        f"{draw.gauss(0, 10):.8g}" if voiced or not name.endswith("nz") else "0.0" for name in VOICE_COLUMNS
    ]
    return ",".join(numbers) + "\n"


def duration(hundredths):
    """As pandas writes it: full seconds have no decimals."""
    seconds, rest = divmod(hundredths, 100)
    return f"0 days 00:00:{seconds:02}" + (f".{rest:02}0000" if rest else "")


class Rows:
    """Rows of a file: times that are those of every clip, and numbers of a pool."""

    def __init__(self, header, times, numbers, draw):
        self.header, self.times = header, times
        self.numbers = [numbers(draw) for _ in range(POOL)]

    def text(self, first, draw, missing=range(0)):
        """With `first` in front of each row, without the rows `missing`."""
        place = draw.randrange(POOL - len(self.times))
        rows = [
            first + time + numbers
            for row, (time, numbers) in enumerate(zip(self.times, self.numbers[place:], strict=False))
            if row not in missing
        ]
        return self.header + "".join(rows)


# Low, to be small.
SOUND_RATE = 8000


def write_sound(path, document, draw):
    """A falling saw in each word, and faint noise between them."""
    samples = array.array("h", (draw.randint(-20, 20) for _ in range(SECONDS * SOUND_RATE)))
    for entry in document["word_segments"]:
        period = draw.randint(40, 80)
        for place in range(round(entry["start"] * SOUND_RATE), round(entry["end"] * SOUND_RATE)):
            samples[place] += 6000 - 12000 * (place % period) // period
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SOUND_RATE)
        file.writeframes(samples.tobytes())


def words(draw):
    """WhisperX's document; its sentence fills the clip."""
    entries, start = [], draw.uniform(0.05, 0.4)
    while (end := start + draw.uniform(0.12, 0.5)) < SECONDS:
        times = {"start": round(start, 3), "end": round(end, 3), "score": round(draw.uniform(0.5, 0.99), 3)}
        entries.append({"word": draw.choice(WORDS), **times})
        start = end + draw.choice([0, 0, 0.02, 0.08, 0.3])
    text = " " + " ".join(entry["word"] for entry in entries)
    segment = {"start": entries[0]["start"], "end": entries[-1]["end"], "text": text, "words": entries}
    return {"segments": [segment], "word_segments": entries, "language": "en"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=int, metavar="N")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sounds", type=int, default=0, metavar="M")
    options = parser.parse_args()
    for kind in ("words", "faces", "voice", "sound")[: 4 if options.sounds else 3]:
        (options.folder / kind).mkdir(parents=True, exist_ok=True)
    draw = random.Random(options.seed)
    times = [f"{row + 1}, 0, {row / 25:.3f}, " for row in range(FACE_ROWS)]
    faces = Rows(", ".join(FACE_COLUMNS) + "\n", times, face_numbers, draw)
    # The last row ends with the sound.
    ends = [row + 2 for row in range(VOICE_ROWS - 1)] + [100 * SECONDS]
    times = [f",{duration(row)},{duration(end)}," for row, end in enumerate(ends)]
    voice = Rows(",".join(["file", "start", "end", *VOICE_COLUMNS]) + "\n", times, voice_numbers, draw)
    with open(options.folder / "table.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "speaker", "split", "label"])
        for number in range(options.clips):
            name = f"clip-{number + 1:05}"
            speaker = number // 5
            table.writerow([name, f"voice-{speaker + 1}", SPLITS[speaker % len(SPLITS)], round(draw.uniform(-3, 3), 1)])
            lost = draw.randrange(FACE_ROWS)
            document = words(draw)
            (options.folder / "words" / f"{name}.json").write_text(json.dumps(document))
            (options.folder / "faces" / f"{name}.csv").write_text(faces.text("", draw, range(lost, lost + 3)))
            (options.folder / "voice" / f"{name}.csv").write_text(voice.text(f"sound/{name}.wav", draw))
            if number < options.sounds:
                # Drawn apart, so that the other files are the same with and without.
                tones = random.Random(f"{options.seed} {name}")
                write_sound(options.folder / "sound" / f"{name}.wav", document, tones)


if __name__ == "__main__":
    main()
