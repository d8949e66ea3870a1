"""The command line: parse, call one library function, print.

Exit codes: 0 done; 1 ``headway check`` found errors in the facts; 2 the input or an option is
wrong; 70 a defect in Headway; 130 interrupted.
"""

from headway.cli.app import main

__all__ = ["main"]
