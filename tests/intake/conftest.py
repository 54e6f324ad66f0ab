"""The setting of these tests."""

from tests.intake.setting import setting

__all__ = ["setting"]
