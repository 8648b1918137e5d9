"""Models in this process: opening a local directory, and a simple engine that asks it.

`open_directory` loads a Hugging Face directory or raises a coded error; `LocalSubject` answers batches of asks. This
package does not know what is asked or why, and it writes nothing.
"""

from holdfast.models._engine import LocalSubject
from holdfast.models._open import OpenedModel, open_directory

__all__ = ["LocalSubject", "OpenedModel", "open_directory"]
