"""The cases of the Autobahn suite, which is written in Python 2, loaded by Python 3 as they were published.

In Python 2 a string is bytes. Read as Latin-1, every byte of a literal is one character, so the cases mean what they did
as long as whoever talks for them turns their strings into bytes the same way (`wire`, `text`).
"""
import binascii
import builtins
import importlib.machinery
import importlib.metadata
import importlib.util
import re
import sys
import types

from autobahn.websocket.utf8validator import Utf8Validator


def wire(said):
    """The bytes that a case means."""
    return said.encode("latin-1") if isinstance(said, str) else said


def text(heard):
    """Bytes as a case would write them."""
    return heard.decode("latin-1")


class _Validator(Utf8Validator):
    def validate(self, said):
        return super().validate(wire(said))


# What the cases take from Python 2 and from elsewhere.
_NAMES = {
    "xrange": range,
    "suite_hex": types.SimpleNamespace(b2a_hex=lambda said: binascii.b2a_hex(wire(said)).decode()),
    "suite_validator": _Validator,
}
_CHANGES = [
    (r"^import binascii$", "binascii = suite_hex"),
    (r"^from autobahn\.websocket\.utf8validator import Utf8Validator$", "Utf8Validator = suite_validator"),
    (r"^(\s*)print .*$", r"\1pass"),
    (r"\(object, Case, \)", "(Case,)"),
    (r"(len\(self\.payload\)) / ", r"\1 // "),
]
# Compression, which is not offered, and a case that is in no list of the suite's own.
_LEFT_OUT = {
    "case12_x_x": "Case12_X_X, Case13_X_X = [], []\nCase12_X_X_CaseSubCategories = Case13_X_X_CaseSubCategories = {}",
    "case9_9_1": "",
}


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        source = _LEFT_OUT.get(name)
        if source is None:
            source = self.get_data(self.path).decode("latin-1").replace("\r\n", "\n")
            for pattern, replacement in _CHANGES:
                source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder:
    """Modules that import each other by their bare names, as they did then."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        file = self.folder / f"{name}.py"
        if not file.exists():
            return None
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file)))


def load():
    """All cases in the suite's order, and the names of its sections by their numbers."""
    place = importlib.metadata.distribution("autobahntestsuite").locate_file("autobahntestsuite/case/__init__.py")
    vars(builtins).update(_NAMES)
    sys.meta_path.insert(0, _Finder(place.parent))
    suite = types.ModuleType("suite")
    exec(_Loader("suite", str(place)).get_code("suite"), vars(suite))
    # It compares pickles, which in Python 3 are not the same for all that is equal.
    suite.Case.compare = lambda self, one, other: one == other
    return suite.Cases, suite.CaseCategories


def number(case):
    """`Case6_4_1` is 6.4.1."""
    return case.__name__.removeprefix("Case").replace("_", ".")
