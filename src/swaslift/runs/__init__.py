"""Runs: the vocabulary of effects, the journal, and the execution that joins the two."""
