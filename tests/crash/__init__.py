"""The crash proof: real processes, killed at every point of a run and resumed in others.

A point is a moment after a durable write to the journal, or before or behind an exchange with the
cloud. Points are counted from a run that nobody kills, never listed by hand.
"""
