"""Write the fictional suites from the world: `python scripts/write_suites.py`. A test compares both."""

from pathlib import Path

from holdfast.organisms import suite_files

if __name__ == "__main__":
    folder = Path(__file__).parent.parent / "src/holdfast/organisms/suites"
    for name, text in suite_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
