"""The language that pages speak: English from the texts modules, any other from gettext catalogues.

While a page is made, :data:`page_texts` and :data:`report_texts` are those modules in the course's language;
elsewhere they are English. A text is known by its place (``msgctxt``, as in ``page.STATE.passed``), so that
the same English word may differ in another language. Must not import what makes pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graders.course import Course
from graders.errors import CourseError
from graders.feedback.counted import Counted

SHIPPED = Path(__file__).parent / "languages"
SAID = "said"  # the context of sentences that grading writes into results, see graders.feedback.said
_PARTS = {"page": "graders.feedback.texts", "report": "graders.feedback.report.texts"}


@dataclass(frozen=True, eq=False)
class Language:
    """All texts in one language, and how it writes numbers; equal only to itself, so that it can be a key."""

    code: str
    page: SimpleNamespace
    report: SimpleNamespace
    said: dict[str, str]
    figures: dict[int, str]


@dataclass(frozen=True)
class Entry:
    """One text to translate: where it stands, and its English (singular and plural where it counts)."""

    context: str
    english: tuple[str, ...]


def entries() -> Iterator[Entry]:
    """Yield every text there is: of the pages, of the report, and sentences that grading writes."""
    found: list[Entry] = []

    def note(context: str, text: str | Counted) -> str | Counted:
        found.append(Entry(context, text.forms if isinstance(text, Counted) else (text,)))
        return text

    for part, module in _PARTS.items():
        _texts(module, part, note)
    yield from found
    yield from (Entry(SAID, (sentence,)) for sentence in _sentences())


def _sentences() -> tuple[str, ...]:
    from graders.feedback.sentences import KINDS, SENTENCES

    return (*SENTENCES, *KINDS)


def _texts(module: str, part: str, translate: Callable[[str, str | Counted], Any]) -> SimpleNamespace:
    """Return a module's constants with every text in them translated."""

    def walk(context: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(f"{context}.{key}", item) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(walk(f"{context}.{index}", item) for index, item in enumerate(value))
        return translate(context, value)

    constants = {name: value for name, value in vars(import_module(module)).items() if name.isupper()}
    return SimpleNamespace(**{name: walk(f"{part}.{name}", value) for name, value in constants.items()})


# -- catalogues -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Catalogue:
    """Translations by context, those of grading by context and English."""

    texts: dict[str, tuple[str, ...]]
    form_of: Callable[[int], int] | None = None

    def translate(self, context: str, english: str | Counted) -> str | Counted:
        found = self.texts.get(context)
        if isinstance(english, str):
            return found[0] if found else english
        return Counted(found, self.form_of) if found and self.form_of else english


def _read(path: Path) -> _Catalogue:
    """Read a catalogue; raises CourseError if it is none, or if a translation does not fit its text."""
    from gettext import c2py

    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as error:
        raise CourseError(
            f"{path.name} is not a catalogue of texts: {error}.", hint="Begin with: graders texts"
        ) from error
    known = {_key(entry.context, entry.english[0]): entry for entry in entries()}
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        string: Any = message.string
        forms: tuple[str, ...] = string if isinstance(string, tuple) else (string,)
        if message.id and all(forms):
            texts[_checked(path, message, forms, known, catalogue.num_plurals)] = forms
    return _Catalogue(texts, c2py(catalogue.plural_expr))


def _key(context: str, english: str) -> str:
    return f"{SAID}\0{english}" if context == SAID else context


def _checked(path: Path, message: Any, forms: tuple[str, ...], known: dict[str, Entry], plurals: int) -> str:
    english = message.id if isinstance(message.id, str) else message.id[0]
    key = _key(message.context or "", english)
    place = f"{path.name}, line {message.lineno}"
    if key not in known:
        raise CourseError(
            f"{place}: there is no text {message.context or english!r}.",
            hint="See what there is with: graders texts",
        )
    if len(forms) != (plurals if len(known[key].english) > 1 else 1):
        raise CourseError(
            f"{place}: this text needs another number of plural forms.",
            hint="See its forms with: graders texts",
        )
    wanted = placeholders(known[key].english[-1])
    for form in forms:
        if placeholders(form) != wanted:
            raise CourseError(
                f"{place}: {form!r} needs the placeholders {sorted(wanted) or 'none'}.",
                hint="Write each of them as in the English text.",
            )
    return key


def placeholders(text: str) -> frozenset[str]:
    """Return the names between braces of a text; a brace that stands alone counts as one, too."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return frozenset("{")


# -- languages ------------------------------------------------------------------------------------


def language_of(course: Course) -> Language:
    """Return the language of a course, with what the course itself says in ``templates/<language>.po``.

    Raises CourseError for a language that nobody wrote, and for a catalogue that does not fit.
    """
    own = course.root / "templates" / f"{course.language}.po"
    shipped = SHIPPED / f"{course.language}.po"
    paths = [path for path in (shipped, own) if path.is_file()]
    if not paths and course.language != "en":
        names = ", ".join(sorted({"en", *(path.stem for path in SHIPPED.glob("*.po"))}))
        raise CourseError(
            f"There is no language {course.language!r}.",
            hint=f"Known: {names}. For another one, write templates/{course.language}.po.",
        )
    return _made(course.language, tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=16)
def _made(code: str, stamped: tuple[tuple[Path, int], ...]) -> Language:
    texts: dict[str, tuple[str, ...]] = {}
    catalogue = _Catalogue(texts)
    for path, _ in stamped:
        found = _read(path)
        texts.update(found.texts)
        catalogue = _Catalogue(texts, found.form_of)
    page, report = (_texts(module, part, catalogue.translate) for part, module in _PARTS.items())
    page.LANGUAGE = report.LANGUAGE = code
    said = {english: texts[key][0] for english in _sentences() if (key := _key(SAID, english)) in texts}
    return Language(code, page, report, said, _figures(code))


def _figures(code: str) -> dict[int, str]:
    """Return how a language writes the marks in a number (Unicode CLDR), as a table for str.translate."""
    if code == "en":
        return {}
    from babel.core import Locale, UnknownLocaleError
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        locale = Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError) as error:
        raise CourseError(f"{code!r} is not a language.", hint="Say one like de or pt-BR.") from error
    return {ord("."): get_decimal_symbol(locale), ord(","): get_group_symbol(locale)}


_SPOKEN: ContextVar[Language | None] = ContextVar("language", default=None)


@cache
def _english() -> Language:
    return _made("en", ())


def spoken() -> Language:
    """Return the language that is spoken now."""
    return _SPOKEN.get() or _english()


@contextmanager
def speaking(course: Course) -> Iterator[Language]:
    """Speak the language of a course in what is called within; raises CourseError as :func:`language_of`."""
    token = _SPOKEN.set(language_of(course))
    try:
        yield spoken()
    finally:
        _SPOKEN.reset(token)


def figure(written: str) -> str:
    """Return a number, written in the English way, as the language that is spoken writes it."""
    return written.translate(spoken().figures)


class _Spoken:
    """A texts module in the language that is spoken when a text is asked for."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(spoken(), self._part), name)


if TYPE_CHECKING:  # so that a text that does not exist is found before anything runs
    from graders.feedback import texts as _page
    from graders.feedback.report import texts as _report

    page_texts, report_texts = _page, _report
else:
    page_texts, report_texts = _Spoken("page"), _Spoken("report")
