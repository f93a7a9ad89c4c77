#!/usr/bin/env python3
"""Makes the fallback cuts for names and chat lines that the text fonts cannot write.

python3 fallback.py DroidSansFallback.ttf noto-emoji-emoji-400-normal.woff

The first comes from Debian's fonts-droid-fallback, the second from npm's @fontsource/noto-emoji.
Needs fonttools."""

import sys
from fontTools import subset
from fontTools.ttLib import TTFont


def plane(codec, rows, cells):
    """The characters that an East Asian code puts there."""
    found = set()
    for row in rows:
        for cell in cells:
            try:
                found.add(ord(bytes([row, cell]).decode(codec)))
            except (UnicodeDecodeError, TypeError):
                pass
    return found


def cjk():
    """What is in daily use: level 1 of GB 2312, JIS X 0208 and Big5, KS X 1001, kana, forms."""
    cells = range(0xA1, 0xFF)
    han = plane("gb2312", range(0xB0, 0xD8), cells) | plane("euc_jp", range(0xB0, 0xD0), cells)
    han |= plane("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *cells])
    hangul = plane("euc_kr", range(0xB0, 0xC9), cells)
    forms = {*range(0x3000, 0x3100), *range(0x3130, 0x3190), *range(0xFF01, 0xFF61)}
    return han | hangul | forms


def emoji():
    """Faces, hands, hearts, signs, and what people at work write about."""
    ranges = [
        (0x2600, 0x27BF), (0x2B50, 0x2B55), (0x1F30D, 0x1F30F), (0x1F31E, 0x1F31F),
        (0x1F381, 0x1F38A), (0x1F3C6, 0x1F3C6), (0x1F440, 0x1F44F), (0x1F493, 0x1F49F),
        (0x1F4A1, 0x1F4AF), (0x1F4BB, 0x1F4DE), (0x1F4E7, 0x1F4F9), (0x1F50A, 0x1F517),
        (0x1F525, 0x1F527), (0x1F5D1, 0x1F5D3), (0x1F600, 0x1F64F), (0x1F680, 0x1F680),
        (0x1F697, 0x1F697), (0x1F6A8, 0x1F6AB), (0x1F910, 0x1F92F), (0x1F970, 0x1F97A),
        (0x1F9D0, 0x1F9D0), (0x1FAE0, 0x1FAE8), (0x1FAF0, 0x1FAF8),
    ]
    return {c for first, last in ranges for c in range(first, last + 1)}


def make(source, characters, target):
    font = TTFont(source)
    font.flavor = None
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.save(target)


make(sys.argv[1], cjk(), "DroidSansFallback.ttf")
make(sys.argv[2], emoji(), "NotoEmoji-Regular.ttf")
