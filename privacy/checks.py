"""`manage.py check`: no column of any table without a verdict in the data map, no promise without a control."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error
from django.db.models import Model

from privacy.datamap import Fate, Table, WrongDeclaration, purposes, tables
from privacy.departures import erased_models
from privacy.marks import promised
from privacy.policies import first_texts
from privacy.promises import CONTROLS


def data_map_is_complete(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """All tables of all installed apps, those of libraries and of many-to-many relations included."""
    try:
        purposes()
    except WrongDeclaration as error:
        return [Error(str(error), id="privacy.E005")]
    return list(gaps(apps.get_models(include_auto_created=True), tables()))


def promises_have_controls(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """Every promise of the shipped texts, and nothing else, has words on how it is kept."""
    return list(uncontrolled({one.promise for one in promised(first_texts())}, CONTROLS))


def uncontrolled(promises: Iterable[str], controls: Iterable[str]) -> Iterator[CheckMessage]:
    """Promises without a control, and controls without a promise."""
    given, kept = set(promises), set(controls)
    for name in sorted(given - kept):
        yield Error(f"“{name}” is promised in privacy/policies and has no control in CONTROLS.", id="privacy.E006")
    for name in sorted(kept - given):
        yield Error(f"“{name}” has a control in CONTROLS and no text promises it.", id="privacy.E007")


def erasers_exist(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """What the map leaves to an app when somebody leaves has an eraser, or is the account itself."""
    return list(without_eraser(tables(), {*erased_models(), get_user_model()}))


def without_eraser(declared: Mapping[type[Model], Table], erased: Container[type[Model]]) -> Iterator[CheckMessage]:
    """Tables that say `by_app` while no app has registered anything for them."""
    for model, table in declared.items():
        if model not in erased and any(column.erase.action == Fate.APP for column in table.columns):
            hint = "Register one with privacy.departures.register_eraser from the apps.py of its app."
            words = f"{model._meta.label} is left to its app when somebody leaves, and has no eraser."
            yield Error(words, hint=hint, obj=model, id="privacy.E008")


def gaps(models: Iterable[type[Model]], declared: Mapping[type[Model], Table]) -> Iterator[CheckMessage]:
    """What the map does not say, or says of a column that is not there; a scan that finds no table is a gap too."""
    found = [model for model in models if model._meta.managed and not model._meta.proxy]
    if not found:
        yield Error("The data map was compared with no table at all.", id="privacy.E001")
    for model in found:
        table = declared.get(model)
        columns = [field.name for field in model._meta.local_concrete_fields]
        if table is None:
            yield _error(model, columns, "is not in the data map", "E002")
            continue
        verdicts = [*(column.name for column in table.columns), *table.derived, *table.neutral]
        if missing := [name for name in columns if name not in verdicts]:
            yield _error(model, missing, "has no verdict in the data map", "E003")
        if table.part_of and not ((whole := table.whole(declared)) and whole.columns and whole.context):
            yield _error(model, [table.part_of], "leads to no row that is about a person in the data map", "E008")
        if gone := [name for name in verdicts if name not in columns]:
            yield _error(model, gone, "is in the data map and not in the table", "E004")


def _error(model: type[Model], columns: Sequence[str], problem: str, number: str) -> Error:
    named = ", ".join(f"{model._meta.label}.{name}" for name in columns)
    hint = "Say what it holds about people in personal_data.py of its app, or of the app that brings the library."
    return Error(f"{named} {problem}.", hint=hint, obj=model, id=f"privacy.{number}")
