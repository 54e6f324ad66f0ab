"""The policy above every landlord's own, unless a landlord adopts another: the statutory code of today.

The one place that names it; what it says stands in its pack, and every landlord adopts it like any other pack.
"""

from datetime import date

STATUTORY = "hos-code-2024"
STATUTORY_FROM = date(2024, 4, 1)
