"""What the end of a campaign does not allow, in one sentence."""


class Refused(Exception):
    """The state, the person or the content does not allow it; the sentence says why and what would."""
