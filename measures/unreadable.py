"""What a person hears about a text that is no plan. Alone, so that a child process need not load all of reading."""


class UnreadablePlan(Exception):
    """The input is not a plan that can be read; ``str()`` is a Chinese sentence fit to be shown to a person."""
