"""How reading a source fails, and what the core does about it."""


class SourceError(Exception):
    """A source could not be read. `permanent`: trying again without a person's help is useless.

    `retry_after` is the number of seconds that the source asked us to wait, None where it did not say.
    """

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class BadItem(ValueError):
    """One raw item cannot be understood. The core sets it aside with this reason; its neighbours go on."""
