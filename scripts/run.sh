#!/usr/bin/env bash
# The main job of a freshly built tree: the window, or a rehearsal where there is no display.
set -euo pipefail
program=${CARGO_TARGET_DIR:-target}/release/katheder
if [ -n "${WAYLAND_DISPLAY:-}" ] || [ -n "${DISPLAY:-}" ]; then
  exec "$program"
fi
echo "No display (neither WAYLAND_DISPLAY nor DISPLAY is set): rehearsing a webinar without a window."
exec "$program" rehearse --attendees 5 --seconds 20
