"""What every text parameter of an address or a form must be: something PostgreSQL can hold."""

STORABLE = r"^[^\x00]*$"
