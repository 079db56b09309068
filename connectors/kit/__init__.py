"""The contract kit: a hostile fake of a source, and the cases that every connector must pass without credentials."""
