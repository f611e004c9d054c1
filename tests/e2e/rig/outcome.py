"""How a case ends other than well."""


class Skipped(Exception):
    """The case cannot run here; the text says why."""


class Failure(AssertionError):
    """What was expected and what came instead."""


def expect(condition, text):
    if not condition:
        raise Failure(text)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: expected {wanted!r}, got {got!r}")


def expect_in(part, whole, what):
    if part not in whole:
        raise Failure(f"{what}: expected {part!r} in {whole!r}")
