"""Why a file is not taken."""


class Refused(Exception):
    """The rest of a sentence in the uploader's words; `code` names the check in the server's log."""

    def __init__(self, words: str, *, code: str) -> None:
        super().__init__(words)
        self.words = words
        self.code = code
