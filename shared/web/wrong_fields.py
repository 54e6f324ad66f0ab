"""What is wrong with a form, by field: raised where it is read, shown beside each field with all that was typed."""

from collections.abc import Mapping


class WrongFields(ValueError):
    """Fields that cannot be as they are, each with what to do."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)
