"""The library: articles in; passages, answers and briefs out. Usable without Telegram."""

import os

# ONNX Runtime's official packages report to their maker over the network unless this is there before they are imported.
os.putenv("ORT_DISABLE_TELEMETRY", "1")
