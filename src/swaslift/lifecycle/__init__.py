"""The verbs: one file each, a generator that yields effects; ``steps`` holds the changes they make."""
