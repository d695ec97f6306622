"""The HTTP front: signatures, parameters, answers, the call log and the control endpoints."""
