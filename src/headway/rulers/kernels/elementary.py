"""The exponential and the logarithm as polynomials, so that loops over them run on vectors.

Relative error 1e-14 and absolute error 1e-12; LLVM's own calls are one number at a time.
"""

from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic

FAST = {"reassoc", "contract", "nsz", "arcp"}
"""What a sum may do to run on vectors: all but to assume that no value is infinite or NaN."""


@intrinsic
def _bits(typing, value):  # type: ignore[no-untyped-def]  # noqa: ARG001
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float(typing, value):  # type: ignore[no-untyped-def]  # noqa: ARG001
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), generate


# No reassociation here: adding and subtracting 1.5 * 2^52 rounds to a whole number.
@njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")
def decay(t: float) -> float:
    """exp(-t) for t >= 0."""
    z = max(t * -1.4426950408889634, -1000.0)
    k = z + 6755399441055744.0
    r = (z - (k - 6755399441055744.0)) * 0.6931471805599453
    p = 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _float(_bits(p) + (_bits(k) << 52))  # type: ignore[call-arg]


@njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")
def log_one_plus(u: float) -> float:
    """log(1 + u) for 0 <= u <= 1, by the series of the inverse hyperbolic tangent."""
    z = (u - 0.41421356237309515) / (u + 2.414213562373095)
    q = z * z
    s = 1.0 / 15.0
    s = s * q + 1.0 / 13.0
    s = s * q + 1.0 / 11.0
    s = s * q + 1.0 / 9.0
    s = s * q + 1.0 / 7.0
    s = s * q + 1.0 / 5.0
    s = s * q + 1.0 / 3.0
    s = s * q + 1.0
    return 0.34657359027997264 + 2.0 * z * s
