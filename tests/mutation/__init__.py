"""Changes the rules one by one and looks which change no test notices (`make mutate`, docs/mutation.md)."""
