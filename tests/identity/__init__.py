"""Sessions, sign-in and the check against forged requests."""
