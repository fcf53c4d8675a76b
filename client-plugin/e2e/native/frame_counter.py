"""The frame counter of src/test-picture/frame-counter.ts, for pictures in I420.

A strip of 32 light and dark cells along the bottom edge, a twelfth of the picture high: four guard cells,
16 bits of count in Gray code, 8 bits of checksum, four guard cells. Only the luma plane matters to it.
"""

GUARDS_LEFT = [1, 0, 1, 0]
GUARDS_RIGHT = [0, 1, 0, 1]
COUNT_BITS = 16
CHECKSUM_BITS = 8
CELLS = len(GUARDS_LEFT) + COUNT_BITS + CHECKSUM_BITS + len(GUARDS_RIGHT)
MODULUS = 1 << COUNT_BITS

# The luma of #eaf3ef and #0a0f0e in the limited range that video uses.
LIGHT = 222
DARK = 28

# Of 255: light and dark guards closer together than this are no guards.
LEAST_CONTRAST = 64
# A cell must be this much of the contrast away from the middle, or it says nothing.
LEAST_CLARITY = 0.12


def round_half_up(value):
    """Rounds as JavaScript does: Python's round() takes halves to the even neighbour."""
    return int(value + 0.5)


def strip_top(height):
    return round_half_up(height * 11 / 12)


def encode(count):
    """The cells of a count, 1 for light and 0 for dark."""
    wrapped = count % MODULUS
    gray = wrapped ^ (wrapped >> 1)
    return GUARDS_LEFT + bits(gray, COUNT_BITS) + bits(checksum(wrapped), CHECKSUM_BITS) + GUARDS_RIGHT


def checksum(count):
    """CRC-8 with the polynomial x^8 + x^2 + x + 1."""
    crc = 0xFF
    for byte in (count >> 8, count & 0xFF):
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ (0x07 if crc & 0x80 else 0)) & 0xFF
    return crc


def bits(value, length):
    return [(value >> (length - 1 - index)) & 1 for index in range(length)]


class Painter:
    """Makes I420 frames with a counter, over stripes that wander by a few pixels from frame to frame.

    Whole rows are repeated, which Python does as fast as memory is copied. Width and height must be multiples
    of 4, so that no row of a plane is padded.
    """

    def __init__(self, width, height):
        self.width = width
        self.height = height
        self._top = strip_top(height)
        self._stripes = bytes(64 + (column // 16 * 23) % 128 for column in range(width))
        self._chroma = bytes([110]) * (width * height // 4) + bytes([140]) * (width * height // 4)

    def paint(self, count):
        at = count * 3 % self.width
        picture = (self._stripes[at:] + self._stripes[:at]) * self._top
        cells = encode(count)
        edges = [round_half_up(index * self.width / CELLS) for index in range(CELLS + 1)]
        row = b"".join(
            bytes([LIGHT if cell else DARK]) * (edges[index + 1] - edges[index])
            for index, cell in enumerate(cells)
        )
        return picture + row * (self.height - self._top) + self._chroma


def read(luma, width, height, stride):
    """The count in the luma plane of a whole picture; None when there is none to trust."""
    if width < CELLS or height < 12:
        return None
    levels = [cell_level(luma, width, height, stride, index) for index in range(CELLS)]
    guards = GUARDS_LEFT + GUARDS_RIGHT
    guard_levels = levels[: len(GUARDS_LEFT)] + levels[-len(GUARDS_RIGHT) :]
    light = mean([level for level, guard in zip(guard_levels, guards) if guard])
    dark = mean([level for level, guard in zip(guard_levels, guards) if not guard])
    contrast = light - dark
    if contrast < LEAST_CONTRAST:
        return None
    distances = [(level - (light + dark) / 2) / contrast for level in levels]
    if any(abs(distance) < LEAST_CLARITY for distance in distances):
        return None
    cells = [1 if distance > 0 else 0 for distance in distances]
    count = 0
    for cell in cells[len(GUARDS_LEFT) : len(GUARDS_LEFT) + COUNT_BITS]:
        count = count * 2 + cell
    for shift in (1, 2, 4, 8):
        count ^= count >> shift
    return count if encode(count) == cells else None


def cell_level(luma, width, height, stride, index):
    """The mean brightness in the middle of a cell, away from the edges that compression blurs."""
    top = strip_top(height)
    left = int((index + 0.3) * width / CELLS)
    right = max(left + 1, -int(-(index + 0.7) * width // CELLS))
    upper = int(top + (height - top) * 0.3)
    lower = max(upper + 1, int(top + (height - top) * 0.7))
    total = sum(sum(luma[row * stride + left : row * stride + right]) for row in range(upper, lower))
    return total / ((right - left) * (lower - upper))


def mean(values):
    return sum(values) / len(values)
