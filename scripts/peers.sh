#!/usr/bin/env bash
# Gets what benches/blur.rs compares with, into target/peers: ONNX Runtime with the segmentation
# networks as ONNX, and MediaPipe with OpenCV. Without them the bench shows our own figures alone.
set -euo pipefail
cd "$(dirname "$0")/.."

# cv2 comes from the build of OpenCV that MediaPipe itself asks for.
pins=(numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 tflite==2.18.0 mediapipe==1.2.2
  opencv-contrib-python==5.0.0.93)
networks=(selfie_segmentation selfie_segmentation_landscape)
peers=target/peers
python=$peers/venv/bin/python

missing() { echo "No peers to compare with: $*. The bench goes on without them." >&2; exit 0; }

mkdir -p "$peers"
if [ "$(cat "$peers/installed" 2>/dev/null)" != "${pins[*]}" ]; then
  rm -rf "$peers/venv" "$peers/installed"
  echo "Installing ${pins[*]}"
  python3 -m venv "$peers/venv" ||
    missing "python3 cannot make a virtual environment (on Debian install python3-venv)"
  "$python" -m pip install -q --disable-pip-version-check --only-binary :all: "${pins[@]}" ||
    missing "pip could not install them (see above)"
  echo "${pins[*]}" >"$peers/installed"
fi
for network in "${networks[@]}"; do
  "$python" benches/peers/tflite_to_onnx.py "assets/models/$network.tflite" "$peers/$network.onnx" ||
    missing "$network could not be converted to ONNX (see above)"
done
