"""What is sealed in the database, and how it comes under a new key."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, TextField

from matricula.security.secrets import SealUnreadable, is_sealed_by_key_of_now, seal, unseal


class SealedField(TextField):  # type: ignore[type-arg]
    """A column of what `seal` made for `purpose`; for the database a text. "" is nothing sealed."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose

    def deconstruct(self) -> Any:
        """A migration knows no purpose: it changes nothing in the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def clone(self) -> Any:
        return type(self)(purpose=self.purpose, **super().deconstruct()[3])


@dataclass
class Resealing:
    """How many were sealed anew, were so already, and can be read by no key."""

    anew: int = 0
    already: int = 0
    unreadable: int = 0


def reseal_everything() -> dict[str, Resealing]:
    """Seal with the key of now what an earlier one sealed; by the name of what it is. Safe at any time."""
    done: dict[str, Resealing] = {}
    for model, field in sealed_columns():
        told = done.setdefault(str(model._meta.verbose_name_plural), Resealing())
        rows = model._base_manager.exclude(**{field.attname: ""}).order_by("pk")
        for pk, kept in rows.values_list("pk", field.attname).iterator(chunk_size=500):
            reseal_one(model, field, pk, kept, told)
    return done


def sealed_columns() -> list[tuple[type[Model], SealedField]]:
    fields: list[tuple[type[Model], Field[Any, Any]]] = [
        (model, field) for model in apps.get_models() for field in model._meta.local_concrete_fields
    ]
    return [(model, field) for model, field in fields if isinstance(field, SealedField)]


def reseal_one(model: type[Model], field: SealedField, pk: Any, kept: str, told: Resealing) -> None:
    """One statement, which changes nothing when somebody else changed the row meanwhile."""
    if is_sealed_by_key_of_now(field.purpose, kept):
        told.already += 1
        return
    try:
        text = unseal(field.purpose, kept)
    except SealUnreadable:
        told.unreadable += 1
        return
    rows = model._base_manager.filter(**{"pk": pk, field.attname: kept})
    told.anew += rows.update(**{field.attname: seal(field.purpose, text)})
