"""The files of a release, the same bytes whoever writes them.

    release_files.py versions [TAG]             the version that all files agree on; TAG and CHANGELOG.md, too
    release_files.py changes TAG                what CHANGELOG.md says of it
    release_files.py licences TARGET FILE       the licences of what the static program is made of
    release_files.py pack FOLDER ARCHIVE TIME   FOLDER as ARCHIVE (.tar.gz); TIME is that of every file, in seconds
    release_files.py provenance FOLDER COMMIT TAG PART...   what made the files of FOLDER, as SLSA states it
    release_files.py sums FOLDER                SHA256SUMS of FOLDER
    release_files.py verify FOLDER              whether sums and provenance hold
    release_files.py collect FOLDER PART_FOLDER...   the files of several parts, of one commit, in one folder

Each ends with status 1 and a line that says why.
"""

import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/misa-rs/misa"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = f"{REPOSITORY}/blob/main/scripts/release"
PROVENANCE = "provenance.json"
SUMS = "SHA256SUMS"
# Names of the files that hold a licence or what it asks to be repeated.
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)([-._].*)?$", re.IGNORECASE)


class Fault(Exception):
    """What stops a release."""


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def command(*arguments):
    return subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def only_version(name, pattern):
    """The one version that a file states, by a pattern with a group."""
    found = set(re.findall(pattern, (ROOT / name).read_text(), re.MULTILINE))
    if len(found) != 1:
        raise Fault(f"{name}: expected one version of misa, found {sorted(found) or 'none'}")
    return found.pop()


def versions(tag=None):
    """The version; with a tag, also whether the tag and the changelog have it."""
    stated = {
        "Cargo.toml": only_version("Cargo.toml", r'^version = "(.+)"$'),
        "Cargo.toml, [workspace.dependencies]": only_version(
            "Cargo.toml", r'^misa-\w+ = \{ path = "[^"]+", version = "(.+?)"'
        ),
        "python/Cargo.toml": only_version("python/Cargo.toml", r'^version = "(.+)"$'),
        "CITATION.cff": only_version("CITATION.cff", r"^version: (.+)$"),
    }
    version = stated["Cargo.toml"]
    for name, other in stated.items():
        if other != version:
            raise Fault(f"{name}: version: expected {version}, as Cargo.toml has it, found {other}")
    if tag is not None:
        if tag != f"v{version}":
            raise Fault(f"tag: expected v{version}, as Cargo.toml has it, found {tag}")
        changes = (ROOT / "CHANGELOG.md").read_text()
        if not re.search(rf"^## {re.escape(version)}\b", changes, re.MULTILINE):
            raise Fault(f"CHANGELOG.md: expected a section `## {version}`, found none: rename `## Unreleased`")
    print(version)


def changes(tag):
    """The section of the changelog, without its heading."""
    version = re.escape(tag.removeprefix("v"))
    section = re.search(
        rf"^## {version}\b[^\n]*\n(.*?)(?=^## |\Z)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE | re.DOTALL
    )
    if section is None:
        raise Fault(f"CHANGELOG.md: expected a section of {tag}, found none")
    print(section[1].strip())


def packages(target):
    """Name, version and folder of each package of other people that is linked into the static program."""
    tree = command(
        "cargo", "tree", "--locked", "--package", "misa-cli", "--features", "mimalloc", "--target", target,
        "--edges", "normal", "--prefix", "none", "--format", "{p}",
    )  # fmt: skip
    linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    metadata = json.loads(command("cargo", "metadata", "--locked", "--format-version", "1", "--all-features"))
    for package in sorted(metadata["packages"], key=lambda one: (one["name"], one["version"])):
        if package["source"] and (package["name"], "v" + package["version"]) in linked:
            yield package


def licence_texts(folder):
    """The licence files of a package, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and LICENCE_FILE.match(path.name))
    # Below a folder of tests or of data lie licences of what is not linked.
    return [path for path in files if not {"tests", "benches", "examples"} & set(path.relative_to(folder).parts)]


def licences(target, path):
    """Writes each text once, below the names of those who use it."""
    users, bare = {}, []
    for package in packages(target):
        name = f"{package['name']} {package['version']}"
        texts = licence_texts(pathlib.Path(package["manifest_path"]).parent)
        if not texts:
            bare.append(f"{name}: {package['license']}, {package['repository'] or 'no address'}")
        for text in texts:
            content = text.read_text(errors="replace").replace("\r\n", "\n").strip()
            users.setdefault(content, []).append(name)
    lines = ["The program contains the packages below, on the terms below, and musl's C library (MIT)."]
    if bare:
        lines += ["", "Packages that bring no text of their licence:", "", *bare]
    for content, names in sorted(users.items(), key=lambda one: one[1]):
        lines += ["", "=" * 80, *sorted(set(names)), "-" * 80, content]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def pack(folder, archive, time):
    """Names in order, no owner, one time for all: equal content gives equal bytes."""
    folder, time = pathlib.Path(folder), int(time)
    with (
        open(archive, "xb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=time) as packed,
        tarfile.open(mode="w", fileobj=packed, format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            entry = tar.gettarinfo(path, arcname=path.relative_to(folder.parent).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = time
            entry.mode = 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644
            if path.is_file():
                with path.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)


def builder():
    """Who builds: this script by hand, or the workflow that runs it."""
    workflow = os.environ.get("GITHUB_WORKFLOW_REF")
    if os.environ.get("GITHUB_ACTIONS") == "true" and workflow:
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{workflow}"
    return f"{REPOSITORY}/blob/main/scripts/release#by-hand"


def artefacts(folder):
    """What a release gives to others: every file but the two that describe the rest."""
    found = sorted(path for path in folder.iterdir() if path.name not in (PROVENANCE, SUMS))
    strange = [path.name for path in found if not path.is_file() or path.is_symlink()]
    if strange:
        raise Fault(f"{folder}: expected files alone, found {strange}")
    if not found:
        raise Fault(f"{folder}: expected files of a release, found none")
    return found


def subjects(folder):
    return [{"name": path.name, "digest": {"sha256": digest(path)}} for path in artefacts(folder)]


def provenance(folder, commit, tag, *parts):
    folder = pathlib.Path(folder)
    reference = f"@refs/tags/{tag}" if tag else ""
    compiler = dict(line.split(": ", 1) for line in command("rustc", "--version", "--verbose").splitlines()[1:])
    statement = {
        "_type": STATEMENT,
        "subject": subjects(folder),
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"tag": tag or None, "parts": list(parts)},
                "internalParameters": {"rustc": compiler},
                "resolvedDependencies": [
                    {"uri": f"git+{REPOSITORY}{reference}", "digest": {"gitCommit": commit}},
                    *(
                        {"name": name, "digest": {"sha256": digest(ROOT / name)}}
                        for name in ("Cargo.lock", "python/Cargo.lock")
                    ),
                ],
            },
            "runDetails": {"builder": {"id": builder()}},
        },
    }
    (folder / PROVENANCE).write_text(json.dumps(statement, indent=2) + "\n")


def sums(folder):
    folder = pathlib.Path(folder)
    described = sorted(path for path in folder.iterdir() if path.name != SUMS)
    (folder / SUMS).write_text("".join(f"{digest(path)}  {path.name}\n" for path in described))


def stated(folder):
    """The provenance of a folder, after a look at its form."""
    path = folder / PROVENANCE
    try:
        statement = json.loads(path.read_text())
        definition = statement["predicate"]["buildDefinition"]
        source = definition["resolvedDependencies"][0]["digest"]["gitCommit"]
        known = (statement["_type"], statement["predicateType"], definition["buildType"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Fault(f"{path}: expected a statement of in-toto with SLSA's provenance, found {error!r}") from error
    if known != (STATEMENT, PREDICATE, BUILD_TYPE):
        raise Fault(f"{path}: expected {(STATEMENT, PREDICATE, BUILD_TYPE)}, found {known}")
    if not re.fullmatch("[0-9a-f]{40}", str(source)):
        raise Fault(f"{path}: commit: expected 40 hexadecimal digits, found {source}")
    return statement


def verify(folder):
    folder = pathlib.Path(folder)
    found = "".join(
        f"{digest(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS
    )
    if (folder / SUMS).read_text() != found:
        raise Fault(f"{folder / SUMS}: expected the sums of all files of the folder, found others")
    if stated(folder)["subject"] != subjects(folder):
        raise Fault(f"{folder / PROVENANCE}: subject: expected the files of the folder, found others")


def origin(statement):
    """What the parts of one release have in common: all but the kind of processor that compiled them."""
    definition = statement["predicate"]["buildDefinition"]
    compiler = definition["internalParameters"]["rustc"]
    return definition["resolvedDependencies"], {key: compiler[key] for key in compiler if key != "host"}


def collect(folder, *parts):
    folder, parts = pathlib.Path(folder), [pathlib.Path(part) for part in parts]
    for part in parts:
        verify(part)
    statements = [stated(part) for part in parts]
    for part, statement in zip(parts, statements):
        if origin(statement) != origin(statements[0]):
            raise Fault(f"{part}: commit and compiler: expected those of {parts[0]}, found others")
        for path in artefacts(part):
            if (folder / path.name).exists():
                raise Fault(f"{path}: expected in one part alone, found in two")
            shutil.copy2(path, folder / path.name)
    asked = [one["predicate"]["buildDefinition"]["externalParameters"] for one in statements]
    asked[0]["parts"] = sorted({name for one in asked for name in one["parts"]})
    statements[0]["subject"] = subjects(folder)
    (folder / PROVENANCE).write_text(json.dumps(statements[0], indent=2) + "\n")
    sums(folder)


COMMANDS = {one.__name__: one for one in (versions, changes, licences, pack, provenance, sums, verify, collect)}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except Fault as fault:
        sys.exit(f"release: {fault}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"release: {' '.join(error.cmd)}: {error.stderr.strip()}")
