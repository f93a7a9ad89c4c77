#!/bin/sh
# Makes the subset fonts from Debian's packages fonts-inter, fonts-vollkorn, fonts-jetbrains-mono
# with pyftsubset (python3-fonttools).
set -eu
cd "$(dirname "$0")"
latin='U+0020-007E,U+00A0-024F,U+0259,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0300-0304,U+0306-030C,U+031B,U+0323-0328,U+1E00-1EFF,U+2000-200A,U+2010-2027,U+202F-2030,U+2032-2033,U+2039-203A,U+2044,U+2070,U+2074-2079,U+2080-2089,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265,U+25CF,U+FEFF,U+FFFD'
greek_cyrillic='U+0370-03FF,U+0400-04FF'
fonts=/usr/share/fonts
for cut in \
    opentype/inter/Inter-Regular.otf opentype/inter/Inter-Medium.otf opentype/inter/Inter-SemiBold.otf \
    truetype/vollkorn/Vollkorn-Medium.ttf \
    truetype/jetbrains-mono/JetBrainsMono-Regular.ttf truetype/jetbrains-mono/JetBrainsMono-SemiBold.ttf
do
    case "$cut" in
        */Inter-*) unicodes="$latin,$greek_cyrillic" ;;
        *) unicodes="$latin" ;;
    esac
    pyftsubset "$fonts/$cut" --unicodes="$unicodes" --output-file="$(basename "$cut")" \
        --layout-features=kern,mark,mkmk,ccmp --name-IDs='*' --notdef-outline --no-hinting --desubroutinize
done
sha256sum ./*.otf ./*.ttf | sed 's|\./||' > SHA256SUMS
