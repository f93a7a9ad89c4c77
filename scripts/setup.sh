#!/usr/bin/env bash
# Installs what the named job needs and is not there yet. `setup.sh run|test|check|bench`
set -euo pipefail

build=(build-essential pkg-config clang libclang-dev cmake nasm
  libavcodec-dev libavformat-dev libavutil-dev libavfilter-dev libavdevice-dev libswscale-dev
  libswresample-dev libasound2-dev libopus-dev libpulse-dev libxkbcommon-dev libwayland-dev
  libxcb1-dev libxcb-shm0-dev libxcb-randr0-dev libpipewire-0.3-dev)
use=(ca-certificates libvulkan1 mesa-vulkan-drivers libgl1 libegl1 libxkbcommon-x11-0 libxcursor1
  libxi6 libxrandr2)
try=(at-spi2-core dbus dbus-daemon ffmpeg xvfb xauth x11-utils x11-apps xdotool imagemagick
  pulseaudio pulseaudio-utils libasound2-plugins pipewire wireplumber python3-venv postgresql pebble
  systemd dovecot-imapd)

job=${1:-run}
packages=("${build[@]}" "${use[@]}")
if [ "$job" = bench ]; then
  packages+=(at-spi2-core dbus-daemon ffmpeg imagemagick pulseaudio pulseaudio-utils python3-venv
    xauth xdotool xvfb)
elif [ "$job" != run ]; then
  packages+=("${try[@]}")
  # Ubuntu's package only points at a snap, which cannot be driven headless from here.
  if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || {
      echo "Install Chromium or Google Chrome for the guest page's tests: Ubuntu has no package that runs headless." >&2
    }
  else
    packages+=(chromium)
  fi
fi

installed() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed'; }

if command -v apt-get >/dev/null; then
  missing=()
  for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
  if [ ${#missing[@]} -gt 0 ]; then
    root=()
    if [ "$(id -u)" != 0 ]; then
      command -v sudo >/dev/null || { echo "Run this as root, or install these packages: ${missing[*]}" >&2; exit 1; }
      root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    "${root[@]}" apt-get -o DPkg::Lock::Timeout=900 -q update
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 -q -y install --no-install-recommends "${missing[@]}"
    # The tests start a mail server of their own; Debian would start one for everybody.
    if [[ " ${missing[*]} " == *" dovecot-imapd "* ]] && [ -d /run/systemd/system ]; then
      "${root[@]}" systemctl disable --now dovecot.service dovecot.socket
    fi
  fi
else
  echo "This is neither Debian nor Ubuntu. Katheder needs, by their names there: ${packages[*]}" >&2
  echo "FFmpeg 5.1 or newer with its headers, Opus, libclang and a Vulkan driver matter most; going on with what is installed." >&2
fi

need=1.95
have=$(cargo --version 2>/dev/null | awk '{print $2}' || true)
if [ -z "$have" ] || [ "$(printf '%s\n' "$need" "${have%%-*}" | sort -V | head -n 1)" != "$need" ]; then
  if command -v rustup >/dev/null; then
    rustup toolchain install stable --profile default && rustup default stable
  elif command -v apt-get >/dev/null && apt-cache show rustup >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && apt-get -q -y install rustup || sudo apt-get -q -y install rustup
    rustup default stable
  else
    echo "Katheder needs Rust $need or newer, found ${have:-none}. Install it with rustup (see www.rust-lang.org/tools/install) and run this again." >&2
    exit 1
  fi
fi

if [ "$job" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
  cargo install cargo-nextest --locked
fi
# What the tests of mail send to and read with, apart from the tools that `check` installs.
if [ "$job" = test ]; then
  python3 -m venv target/venv-test &&
    target/venv-test/bin/pip install -q --disable-pip-version-check 'aiosmtpd==1.4.6' \
      'icalendar==7.3.0' 'recurring-ical-events==3.8.2' || {
    echo "target/venv-test could not be made: the tests of invitations and mail will fail. They need Python 3.10 or newer and these packages of PyPI." >&2
    exit 1
  }
fi
if [ "$job" = check ]; then
  cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked --version 0.20.2
  if ! command -v typos >/dev/null; then
    python3 -m venv target/venv && target/venv/bin/pip install -q 'typos==1.52.0'
  fi
fi
