"""What the vault promises: nothing readable without the key, nothing lost with it but the words."""
