"""Bytes from outside: the one place where they are opened, decoded and bounded.

Every reader of Headway (sources, datasets, ruler files, mappings, old results, resume files) goes
through these doors. Each turns every failure of a library, panics of native code included, into a
:class:`~headway.errors.DataError` that names the file. What can end the process is read in another
one (:mod:`headway.foreign.apart`). The bounds are those of :mod:`headway.bounds`.
"""
