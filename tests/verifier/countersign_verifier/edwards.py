"""Ed25519 signatures, judged strictly: RFC 8032 without cofactor, and no point of small order."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def decompress(encoded):
    """The point (x, y) of 32 bytes, or None: RFC 8032 section 5.1.3, with y taken modulo p."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, (y & (2**255 - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return (P - x if x & 1 != sign else x) % P, y


def double(point):
    """Twice a point of the curve -x² + y² = 1 + d·x²·y², whose addition law is complete."""
    x, y = point
    product = D * x * x * y * y
    return 2 * x * y * pow(1 + product, P - 2, P) % P, (y * y + x * x) * pow(1 - product, P - 2, P) % P


def is_small(encoded):
    """Whether the bytes are a point whose eighth multiple is the neutral one, or no point at all."""
    point = decompress(encoded)
    if point is None:
        return True
    for _ in range(3):
        point = double(point)
    return point == (0, 1)


def is_usable_key(encoded):
    """Whether the bytes are a public key: y below p, on the curve, and not of small order."""
    return int.from_bytes(encoded, "little") & (2**255 - 1) < P and not is_small(encoded)


@lru_cache(maxsize=4096)
def verify(key, signature, message):
    """Whether the 64 bytes are a true signature of the message by the 32 bytes of key."""
    if len(key) != 32 or len(signature) != 64 or is_small(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
