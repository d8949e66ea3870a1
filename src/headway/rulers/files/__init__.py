"""Ruler files: what one may say, the shelf, and the ruler that is made of one."""
