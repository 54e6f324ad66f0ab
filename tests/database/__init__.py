"""What the way to PostgreSQL promises: landlords apart, limits on every wait, migrations once."""
