"""The waiting room: what "done" means for each resource, and the poller that all waits share."""
