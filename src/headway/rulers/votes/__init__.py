"""Votes between two models, and the ruler that is fitted to them."""
