"""Linear algebra on one thread: the same bytes whatever the number of processors."""

from contextlib import AbstractContextManager
from importlib import import_module


def one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread.

    More of them add in another order, which changes last digits; and with small matrices they get
    in each other's way.
    """
    from threadpoolctl import threadpool_limits

    # SciPy has a library of its own, and a limit holds for what is loaded.
    import_module("scipy.linalg")
    limited: AbstractContextManager[object] = threadpool_limits(1)
    return limited
