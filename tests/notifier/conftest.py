"""The setting of these tests, which intake's tests share."""

from tests.intake.setting import setting

__all__ = ["setting"]
