"""What may be written to disk: pydantic models of every JSON and array file, the parameters, and the error tree."""
