"""Rulers of benchmark scores: the joint fit and what is refitted on it, single scores, means."""
