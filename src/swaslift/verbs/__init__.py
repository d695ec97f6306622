"""The verbs as a user calls them: ``verb`` is what they have in common, one file each says what it takes."""
