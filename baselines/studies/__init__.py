"""Studies that produce one table or plot each."""
