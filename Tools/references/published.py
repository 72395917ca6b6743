#!/usr/bin/env python3
"""published.py DIR [NAME …]: models of published size agree with their reference implementations.

Needs: what `families_text.py` and `families_image.py` need, and `swift build --build-tests` before. For each
model (all, or those named) the reference makes it in DIR with random numbers, in its published layout, ours
loads it and is compared (`swift test --filter publishedSizes`), and it is removed: at most 9 GB of disk and
15 GB of memory at a time. Prints a table, a line a model: parameters, largest difference of the normalized
vectors of texts and of pictures, of the pixels where the reference prepares a picture too, and the seconds
that loading and embedding took. Ends with status 1 if any differs by more than 1e-5.
"""
import ast, os, shutil, subprocess, sys

here = os.path.dirname(os.path.abspath(__file__))


def names(script):
    """The names that a script's `--only` may have, without running it."""
    for node in ast.parse(open(f"{here}/{script}").read()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "PUBLISHED":
            return ast.literal_eval(node.value)


made_by = {name: script for script in ("families_image.py", "families_text.py") for name in names(script)}
if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(made_by):
    sys.exit(f"{__doc__}\nNAME is one of: {', '.join(made_by)}")
folder = os.path.abspath(sys.argv[1])
os.makedirs(folder, exist_ok=True)
if os.listdir(folder):
    sys.exit(f"{folder} is not empty, and all in it would be removed.")
failed = False
print("| model | parameters | texts | pictures | pixels | seconds |\n|---|---|---|---|---|---|", flush=True)
for name in sys.argv[2:] or made_by:
    try:
        subprocess.run([sys.executable, f"{here}/{made_by[name]}", folder, "--published", "--only", name], check=True,
                       stdout=subprocess.DEVNULL)
        test = subprocess.run(
            ["swift", "test", "--skip-build", "--disable-xctest", "--filter", "publishedSizes"],
            env=os.environ | {"PICTOGLOT_FAMILIES": folder}, capture_output=True, text=True)
        rows = [line for line in test.stdout.splitlines() if line.startswith("published |")]
        failed = failed or test.returncode != 0 or not rows
        for row in rows:
            print(row.removeprefix("published ") + " |", flush=True)
        if test.returncode or not rows:
            print(test.stdout[-4000:], test.stderr[-4000:], file=sys.stderr, flush=True)
    finally:
        for entry in os.listdir(folder):
            path = f"{folder}/{entry}"
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
sys.exit(failed)
