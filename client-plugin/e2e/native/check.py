"""Prints what of GStreamer the tests with native programs miss, one name a line.

Exits with 0 when nothing is missing, and with 1 otherwise.
"""

import shutil
import sys

# The encoders of the unit tests are started by it.
LAUNCHER = "gst-launch-1.0"

NAMESPACES = ["Gst", "GstSdp", "GstWebRTC"]

ELEMENTS = [
    *["appsrc", "appsink", "audiotestsrc", "audioconvert", "audioresample", "queue", "videoconvert"],
    *["webrtcbin", "nicesrc", "nicesink", "dtlsenc", "dtlsdec", "srtpenc", "srtpdec"],
    *["opusenc", "opusdec", "vp8enc", "vp8dec", "vp9enc", "vp9dec", "x264enc", "openh264dec", "h264parse"],
    *["rtpopuspay", "rtpopusdepay", "rtpvp8pay", "rtpvp8depay", "rtpvp9pay", "rtpvp9depay"],
    *["rtph264pay", "rtph264depay", "rtpbin"],
]


def missing():
    if shutil.which(LAUNCHER) is None:
        return [LAUNCHER]
    try:
        import gi
    except ImportError:
        return ["PyGObject (gi)"]
    absent = []
    for namespace in NAMESPACES:
        try:
            gi.require_version(namespace, "1.0")
        except ValueError:
            absent.append(f"the introspection of {namespace}")
    if absent:
        return absent
    from gi.repository import Gst

    Gst.init(None)
    return [f"GStreamer's {name}" for name in ELEMENTS if Gst.ElementFactory.find(name) is None]


absent = missing()
print("\n".join(absent), end="\n" if absent else "")
sys.exit(1 if absent else 0)
