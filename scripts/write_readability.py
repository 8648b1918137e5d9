"""Write how well `helpful` reads each family of wordings: `python scripts/write_readability.py`.

It is taken from helpful's certificate. A check must not see a certificate, which is the truth that it is tested
against; what the reader of a family can do at all is part of the suite, so it lies beside the wordings.
"""

from pathlib import Path

from holdfast.evidence import readable_json
from holdfast.organisms import measured_readability

if __name__ == "__main__":
    file = Path(__file__).parent.parent / "src/holdfast/organisms/wordings/readability.json"
    file.write_text(readable_json(measured_readability()), encoding="utf-8")
