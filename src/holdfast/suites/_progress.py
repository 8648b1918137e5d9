"""How far a suite's run is: Inspect tells its hooks of each sample that ends."""

from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def counted_samples(total: int, announce: Callable[[int, int], None]) -> Generator[None]:
    """Announce each sample that ends, for as long as the context lasts.

    Samples that an earlier run had answered are not told of again, so a resumed run counts from there on.

    Args:
        total: Samples of the suite.
        announce: Told how many have ended, of how many.
    """
    from inspect_ai.hooks import Hooks, SampleEnd, hooks

    done: set[str] = set()
    switched_on = True

    class Progress(Hooks):
        """Counts samples."""

        def enabled(self) -> bool:
            return switched_on

        async def on_sample_end(self, data: SampleEnd) -> None:
            done.add(data.sample_id)
            announce(min(len(done), total), total)

    # Inspect keeps hooks for the life of the process: the next run's takes the place of this one, which is then off.
    hooks(name="holdfast_progress", description="counts samples for the progress line of holdfast")(Progress)
    try:
        yield
    finally:
        switched_on = False
