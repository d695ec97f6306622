"""Tests of the verbs that bring an ECS image to life: on new instances, or on an existing one."""
