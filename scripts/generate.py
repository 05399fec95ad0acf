"""Rebuilds generated/ from the OpenAPI YAML and the overlay document, or checks that it is up to date.

    python scripts/generate.py [--check] [--accept] [--spec PATH]

Both modes build generated/ in a temporary folder. By default, the result is swapped in and the changes are reported;
`--check` compares `{path: bytes}` and fails on any difference. A spec or document that does not fit changes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from pipeline import report
from pipeline.package import MEND, OVERLAY, SPEC, TARGET, Made, make
from pipeline.problems import PipelineError, relative


def check(spec: Path) -> None:
    """Raises PipelineError, which lists the files, if generated/ differs from what `spec` generates."""
    with tempfile.TemporaryDirectory() as folder:
        make(spec, Path(folder))
        made = report.tree(Path(folder))
    found = report.tree(TARGET)
    drift = [f"missing: {name}" for name in sorted(made.keys() - found.keys())]
    drift += [f"extra:   {name}" for name in sorted(found.keys() - made.keys())]
    drift += [f"differs: {name}" for name in sorted(made.keys() & found.keys()) if made[name] != found[name]]
    if drift:
        source = "" if spec.samefile(SPEC) else f" SPEC={spec}"
        summary = f"{relative(TARGET)}/ does not match {relative(spec)} and {relative(OVERLAY)}:"
        raise PipelineError(summary, drift, f"To fix it, run: {MEND}{source}")


def write(spec: Path, *, accept: bool) -> tuple[Made, bool]:
    """Replaces generated/ as a whole and copies `spec` to openapi/. The second value is true if generated/ changed."""
    with tempfile.TemporaryDirectory(dir=TARGET.parent, prefix=".making-") as temporary:
        folder = Path(temporary) / "new"
        folder.mkdir()
        made = make(spec, folder, accept=accept)
        changed = not TARGET.exists() or report.tree(folder) != report.tree(TARGET)
        if changed:
            if TARGET.exists():
                TARGET.rename(Path(temporary) / "old")
            folder.rename(TARGET)
    if not SPEC.exists() or not spec.samefile(SPEC):
        shutil.copyfile(spec, SPEC)
    if made.accepted:
        OVERLAY.write_text(made.overlay, encoding="utf-8", newline="\n")
    return made, changed


def tell(made: Made, *, changed: bool) -> bool:
    """Prints the report of a change. Returns False if hand-written code needs an update."""
    print(f"Does it fit {relative(OVERLAY)}? Yes.")
    for line in made.accepted:
        print(f"  accepted {line}")
    with tempfile.TemporaryDirectory() as folder:
        old = report.committed(Path(folder))
        if old is None:
            print("What changed? There is no commit to compare with.")
        elif report.tree(old) == report.tree(TARGET):
            print(f"What changed? Nothing: {relative(TARGET)}/ is the same as in HEAD.")
        else:
            print("What changed in the API since HEAD?", *report.api(old, TARGET), sep="\n  ")
            print("What changed for Python users since HEAD?", *report.python(old, TARGET), sep="\n  ")
    if not changed or not (report.OVERLAY_CODE / "cohere_chat").is_dir():
        return True
    lines = list(report.must_follow())
    if lines:
        print("Does cohere_chat still work with it? No, update these lines:", *lines[: report.MOST], sep="\n  ")
    else:
        print("Does cohere_chat still work with it? Yes.")
    return not lines


def main() -> int:
    """Runs the command and returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on any difference")
    parser.add_argument("--accept", action="store_true", help="rewrite x-removes where a removed value has changed")
    parser.add_argument("--spec", type=Path, default=SPEC, metavar="PATH", help=f"default: {relative(SPEC)}")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            check(arguments.spec)
            print(f"{relative(TARGET)}/ matches {relative(arguments.spec)} and {relative(OVERLAY)}")
            return 0
        made, changed = write(arguments.spec, accept=arguments.accept)
        return 0 if tell(made, changed=changed) else 1
    except PipelineError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
