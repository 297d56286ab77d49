"""SQL by which a table tells the change feed of its rows. Only migrations call it, so what it answers never changes."""

EVENTS = {
    "new": "INSERT ON {table} REFERENCING NEW TABLE AS touched",
    "changed": "UPDATE ON {table} REFERENCING OLD TABLE AS former NEW TABLE AS touched",
    "gone": "DELETE ON {table} REFERENCING OLD TABLE AS touched",
}


def marking_triggers(table: str, function: str, changed: str = "") -> str:
    """One trigger for each kind of statement, which call `function`, or `changed` for an UPDATE.

    They find rows in `touched`; those of an UPDATE find what the rows were in `former`.
    """
    return "".join(
        f"CREATE TRIGGER {table}_marks_{name} AFTER {event.format(table=table)} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {(name == 'changed' and changed) or function}();"
        for name, event in EVENTS.items()
    )


def no_marking_triggers(table: str) -> str:
    """Without them."""
    return "".join(f"DROP TRIGGER {table}_marks_{name} ON {table};" for name in EVENTS)
