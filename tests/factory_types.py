"""Tells mypy what factory_boy's metaclass does: calling a factory gives what it makes, not a factory."""

from collections.abc import Callable

from mypy.maptype import map_instance_to_supertype
from mypy.plugin import FunctionContext, Plugin
from mypy.types import Instance, Type, get_proper_type

FACTORY = "factory.base.BaseFactory"


class FactoryTypes(Plugin):
    """Gives `MemberFactory()` the type `Member`."""

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Called for every function or class by name; ours are those whose bases include factory_boy's."""
        symbol = self.lookup_fully_qualified(fullname)
        node = symbol.node if symbol else None
        is_factory = getattr(node, "mro", None) and any(base.fullname == FACTORY for base in node.mro)  # type: ignore[union-attr]
        return made_by if is_factory else None


def made_by(context: FunctionContext) -> Type:
    """The type argument that the factory's class gave to factory_boy's base class."""
    factory = get_proper_type(context.default_return_type)
    if isinstance(factory, Instance):
        for base in factory.type.mro:
            if base.fullname == FACTORY:
                return map_instance_to_supertype(factory, base).args[0]
    return context.default_return_type  # inside a `partial` the question comes twice


def plugin(_version: str) -> type[Plugin]:
    """Mypy's entry point."""
    return FactoryTypes
