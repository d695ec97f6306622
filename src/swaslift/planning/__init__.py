"""Plans: what a verb would do, what stands in its way, what it costs."""
