"""`python -m shared.web.building`: builds what is missing or stale, and says so; 1 when it cannot."""

import sys

from shared.web.building import CannotBuild, build, is_built

if __name__ == "__main__" and not is_built():
    print("Building the pages' style and script")
    try:
        build(print)
    except CannotBuild as trouble:
        sys.exit(f"The pages' style and script could not be built. {trouble}")
